package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.patchboard.lifecycle.engine.Approvals;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** What gateways ask of the recorded votes; models ask it by its bean name. */
@VisibleToModels
@Component
public class AuthorizationRecord {

    private final Approvals approvals;

    AuthorizationRecord(Approvals approvals) {
        this.approvals = approvals;
    }

    /** Whether the board has refused so often that the change is not planned again. */
    public boolean isRefusedForGood(DelegateExecution execution) {
        return approvals.isRefusedForGood(new ChangeId(execution.getProcessBusinessKey()));
    }

    /** Whether the board approved on conditions that nobody has confirmed yet. */
    public boolean hasOpenConditions(DelegateExecution execution) {
        return approvals.hasOpenConditions(new ChangeId(execution.getProcessBusinessKey()));
    }
}
