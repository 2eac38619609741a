package org.patchboard.lifecycle.task;

import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;

/** A task about a change. */
record OfAChange(HumanTask question, ChangeId change, Map<String, Object> described) implements Matter {

    @Override
    public String subject() {
        return change.value();
    }

    @Override
    public String word() {
        return "change";
    }

    @Override
    public String assigned() {
        return "task-assigned";
    }

    @Override
    public String reminder() {
        return "reminder";
    }

    @Override
    public Map<String, Object> summary(DelegateTask task) {
        return question.summary(change, task);
    }

    @Override
    public Map<String, Object> prefilled(DelegateTask task) {
        return question.prefilled(change, task);
    }

    @Override
    public void done(Actor actor, Answers answers, DelegateTask task) {
        question.done(change, actor, answers, task);
    }
}
