package org.patchboard.lifecycle.task;

import java.util.List;
import org.patchboard.identity.Duty;

/** What a user task of a model asks of a person, whatever it is about. */
public interface Question {

    /** The user task's id in its model: {@code UserTask_Triage}. */
    String key();

    /** What completing it makes the person hold on what the task is about. */
    Duty duty();

    /** What is asked. Answers stay local to the task: a gateway reads what was recorded, never these. */
    List<Field> fields();
}
