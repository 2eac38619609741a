package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.ExceptionInForce.EXCEPTION_REQUEST;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.springframework.stereotype.Component;

/** "Revoke": what holds the risk down does not. */
@Component
class RevokeExceptionDelegate implements JavaDelegate {

    private final ExceptionProcesses processes;

    RevokeExceptionDelegate(ExceptionProcesses processes) {
        this.processes = processes;
    }

    @Override
    public void execute(DelegateExecution execution) {
        processes.controlFailed(EXCEPTION_REQUEST.in(execution));
    }
}
