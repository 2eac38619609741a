package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.RiskException.EXCEPTION_REQUEST;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Determine risk owner": how large the risk is, who may carry it, how long. */
@Component
class DetermineRiskOwnerDelegate implements JavaDelegate {

    private final ExceptionProcesses processes;

    DetermineRiskOwnerDelegate(ExceptionProcesses processes) {
        this.processes = processes;
    }

    @Override
    public void execute(DelegateExecution execution) {
        processes.determineOwner(new ChangeId(execution.getProcessBusinessKey()), EXCEPTION_REQUEST.in(execution));
    }
}
