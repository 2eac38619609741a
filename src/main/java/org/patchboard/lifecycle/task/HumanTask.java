package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;

/**
 * What a user task of a model means to us. There is one bean per task definition key; {@link HumanTasks} calls it
 * for every channel alike (Tasklist, engine REST, our API), inside the engine's transaction.
 */
public interface HumanTask {

    /** The user task's id in its model: {@code UserTask_Triage}. */
    String key();

    /** What completing it makes the person hold on the change. */
    Duty duty();

    /** What is asked. Answers stay local to the task: a gateway reads what {@link #done} recorded, never these. */
    List<Field> fields();

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
