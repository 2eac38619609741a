package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.LateWork;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Escalate": tells verifiers and change managers that the verification is late. */
@Component
class EscalateVerificationDelegate implements JavaDelegate {

    private final LateWork late;

    EscalateVerificationDelegate(LateWork late) {
        this.late = late;
    }

    @Override
    public void execute(DelegateExecution execution) {
        var change = new ChangeId(execution.getProcessBusinessKey());
        late.verification(change, execution.getProcessInstanceId());
    }
}
