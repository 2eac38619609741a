package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Closing;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Close and seal": the outcome from the tables, then the evidence bundle. */
@Component
class CloseAndSealDelegate implements JavaDelegate {

    private final Closing closing;

    CloseAndSealDelegate(Closing closing) {
        this.closing = closing;
    }

    @Override
    public void execute(DelegateExecution execution) {
        var change = new ChangeId(execution.getProcessBusinessKey());
        Hindrances.asBpmnError(() -> closing.closeAndSeal(change));
    }
}
