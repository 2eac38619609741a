package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.ScheduleChange.SCHEDULING;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Scheduling;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Find window": the earliest that the change can have. */
@Component
class FindWindowDelegate implements JavaDelegate {

    private final Scheduling scheduling;

    FindWindowDelegate(Scheduling scheduling) {
        this.scheduling = scheduling;
    }

    @Override
    public void execute(DelegateExecution execution) {
        SCHEDULING.set(execution, scheduling.findWindow(new ChangeId(execution.getProcessBusinessKey())));
    }
}
