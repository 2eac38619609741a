package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.PolicyProcesses;
import org.patchboard.risk.ProposalId;
import org.springframework.stereotype.Component;

/** "Set aside": the table has changed since the proposal was written. */
@Component
class SetAsidePolicyDelegate implements JavaDelegate {

    private final PolicyProcesses policies;

    SetAsidePolicyDelegate(PolicyProcesses policies) {
        this.policies = policies;
    }

    @Override
    public void execute(DelegateExecution execution) {
        policies.setAside(new ProposalId(execution.getProcessBusinessKey()));
    }
}
