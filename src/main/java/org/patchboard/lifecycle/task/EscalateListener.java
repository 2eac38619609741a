package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.patchboard.lifecycle.engine.Escalations;
import org.springframework.stereotype.Component;

/** A task has been late for a day: the change managers are told. It decides nothing (law 2). */
@Component
class EscalateListener implements TaskListener {

    private final Escalations escalations;

    EscalateListener(Escalations escalations) {
        this.escalations = escalations;
    }

    @Override
    public void notify(DelegateTask task) {
        escalations.taskLate(HumanTasks.changeOf(task), "\"" + task.getName() + "\"", task.getId());
    }
}
