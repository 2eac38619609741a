package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.PolicyProcesses;
import org.patchboard.risk.ProposalId;
import org.springframework.stereotype.Component;

/** "Test and try on history": gaps, overlaps, unreachable rows, and what it would have decided otherwise. */
@Component
class TestPolicyDelegate implements JavaDelegate {

    private final PolicyProcesses policies;

    TestPolicyDelegate(PolicyProcesses policies) {
        this.policies = policies;
    }

    @Override
    public void execute(DelegateExecution execution) {
        policies.test(new ProposalId(execution.getProcessBusinessKey()));
    }
}
