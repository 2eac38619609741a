package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.PolicyProcesses;
import org.patchboard.risk.ProposalId;
import org.springframework.stereotype.Component;

/** "Settle open changes": pinned, judged anew or approved anew. */
@Component
class SettlePolicyDelegate implements JavaDelegate {

    private final PolicyProcesses policies;

    SettlePolicyDelegate(PolicyProcesses policies) {
        this.policies = policies;
    }

    @Override
    public void execute(DelegateExecution execution) {
        policies.settle(new ProposalId(execution.getProcessBusinessKey()));
    }
}
