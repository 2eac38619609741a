package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.PolicyFacts;
import org.patchboard.lifecycle.engine.PolicyProcesses;
import org.patchboard.lifecycle.model.PolicyChange;
import org.patchboard.risk.ProposalId;
import org.patchboard.shared.Actor;
import org.springframework.stereotype.Component;

/** "Decide on policy": another human being than its author approves a new version of a table, or does not. */
@Component
class DecidePolicy implements PolicyTask {

    private final PolicyProcesses policies;
    private final PolicyFacts facts;

    DecidePolicy(PolicyProcesses policies, PolicyFacts facts) {
        this.policies = policies;
        this.facts = facts;
    }

    @Override
    public String key() {
        return PolicyChange.DECIDE_POLICY;
    }

    @Override
    public Duty duty() {
        return Duty.DECIDE_POLICY;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("decision", "approve", "refuse").required("Approve the policy or refuse it."),
                Field.text("comment"));
    }

    @Override
    public Map<String, Object> summary(ProposalId proposal) {
        return facts.summary(proposal);
    }

    @Override
    public void done(ProposalId proposal, Actor actor, Answers answers) {
        policies.decide(proposal, answers.text("decision").equals("approve"), answers.text("comment"), actor);
    }
}
