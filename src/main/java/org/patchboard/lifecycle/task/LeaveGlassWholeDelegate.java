package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.ChangeAuthorization.AUTHORIZATION;
import static org.patchboard.lifecycle.model.ChangeAuthorization.REJECTED;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Emergencies;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Leave the glass whole": two people did not want it, so the change is refused. */
@Component
class LeaveGlassWholeDelegate implements JavaDelegate {

    private final Emergencies emergencies;

    LeaveGlassWholeDelegate(Emergencies emergencies) {
        this.emergencies = emergencies;
    }

    @Override
    public void execute(DelegateExecution execution) {
        emergencies.leaveWhole(new ChangeId(execution.getProcessBusinessKey()));
        AUTHORIZATION.set(execution, REJECTED);
    }
}
