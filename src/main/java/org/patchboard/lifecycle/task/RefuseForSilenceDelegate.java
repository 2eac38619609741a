package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.RiskException.EXCEPTION_REQUEST;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.springframework.stereotype.Component;

/** "Refuse for silence": nobody decided, and silence is no consent. */
@Component
class RefuseForSilenceDelegate implements JavaDelegate {

    private final ExceptionProcesses processes;

    RefuseForSilenceDelegate(ExceptionProcesses processes) {
        this.processes = processes;
    }

    @Override
    public void execute(DelegateExecution execution) {
        processes.refuseForSilence(EXCEPTION_REQUEST.in(execution));
    }
}
