package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Closing;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Close without a roll-out": not affected, or refused by its authority. */
@Component
class CloseUntouchedDelegate implements JavaDelegate {

    private final Closing closing;

    CloseUntouchedDelegate(Closing closing) {
        this.closing = closing;
    }

    @Override
    public void execute(DelegateExecution execution) {
        closing.untouched(new ChangeId(execution.getProcessBusinessKey()));
    }
}
