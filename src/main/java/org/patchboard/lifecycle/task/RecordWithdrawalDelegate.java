package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Closing;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Record withdrawal": lets go of the findings, so that another change may carry them, and seals the record. */
@Component
class RecordWithdrawalDelegate implements JavaDelegate {

    private final Closing closing;

    RecordWithdrawalDelegate(Closing closing) {
        this.closing = closing;
    }

    @Override
    public void execute(DelegateExecution execution) {
        closing.withdrawn(new ChangeId(execution.getProcessBusinessKey()));
    }
}
