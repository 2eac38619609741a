package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.PolicyProcesses;
import org.patchboard.risk.ProposalId;
import org.springframework.stereotype.Component;

/** "Publish": the house deploys the table that was approved. */
@Component
class PublishPolicyDelegate implements JavaDelegate {

    private final PolicyProcesses policies;

    PublishPolicyDelegate(PolicyProcesses policies) {
        this.policies = policies;
    }

    @Override
    public void execute(DelegateExecution execution) {
        Hindrances.asBpmnError(() -> policies.publish(new ProposalId(execution.getProcessBusinessKey())));
    }
}
