package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.ScheduleChange.SCHEDULING;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Scheduling;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Pre-flight": everything is looked at again. */
@Component
class PreFlightDelegate implements JavaDelegate {

    private final Scheduling scheduling;

    PreFlightDelegate(Scheduling scheduling) {
        this.scheduling = scheduling;
    }

    @Override
    public void execute(DelegateExecution execution) {
        SCHEDULING.set(execution, scheduling.preFlight(new ChangeId(execution.getProcessBusinessKey())));
    }
}
