package org.patchboard.lifecycle.task;

import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;

/**
 * What a user task about a change means to us. There is one bean per task definition key; {@link HumanTasks} calls it
 * for every channel alike (Tasklist, engine REST, our API), inside the engine's transaction.
 */
public interface HumanTask extends Question {

    /**
     * What the person decides on, shown by the form as {@code summary.…}. Strings, numbers, booleans, lists and maps
     * of them. {@code change} (number, title, link, state, priority, due) is added by the caller.
     */
    Map<String, Object> summary(ChangeId change, DelegateTask task);

    /** Answers that stand in the form when the task appears, by field; none unless a task says so. */
    default Map<String, Object> prefilled(ChangeId change, DelegateTask task) {
        return Map.of();
    }

    /**
     * Records the answers in our tables, with an audit row. The person has been checked: signed in, holds the task,
     * belongs to a candidate group now, no conflicting duty.
     *
     * @throws org.patchboard.shared.Refusal when the answers do not fit together
     */
    void done(ChangeId change, Actor actor, Answers answers, DelegateTask task);
}
