package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** A task is due and not done: those whose turn it is are told again. It decides nothing (law 2). */
@Component
class RemindListener implements TaskListener {

    private final ObjectProvider<HumanTasks> humanTasks;

    RemindListener(ObjectProvider<HumanTasks> humanTasks) {
        this.humanTasks = humanTasks;
    }

    @Override
    public void notify(DelegateTask task) {
        humanTasks.getObject().remind(task);
    }
}
