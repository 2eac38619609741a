package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.ExceptionInForce.EXCEPTION_REQUEST;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Let it count again": what the exception covered is open work from its original date. */
@Component
class ReopenExceptedDelegate implements JavaDelegate {

    private final ExceptionProcesses processes;

    ReopenExceptedDelegate(ExceptionProcesses processes) {
        this.processes = processes;
    }

    @Override
    public void execute(DelegateExecution execution) {
        processes.reopen(new ChangeId(execution.getProcessBusinessKey()), EXCEPTION_REQUEST.in(execution));
    }
}
