package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.PolicyProcesses;
import org.patchboard.risk.ProposalId;
import org.springframework.stereotype.Component;

/** "Refuse for silence": nobody has decided, and silence is no consent. */
@Component
class RefusePolicyForSilenceDelegate implements JavaDelegate {

    private final PolicyProcesses policies;

    RefusePolicyForSilenceDelegate(PolicyProcesses policies) {
        this.policies = policies;
    }

    @Override
    public void execute(DelegateExecution execution) {
        policies.refuseForSilence(new ProposalId(execution.getProcessBusinessKey()));
    }
}
