package org.patchboard.lifecycle.task;

import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.jspecify.annotations.Nullable;
import org.patchboard.risk.ProposalId;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;

/** A task about a proposal to change a policy. */
record OfAPolicy(PolicyTask question, ProposalId proposal, Map<String, Object> described) implements Matter {

    @Override
    public String subject() {
        return proposal.value();
    }

    @Override
    public @Nullable ChangeId change() {
        return null;
    }

    @Override
    public String word() {
        return "policy";
    }

    @Override
    public String assigned() {
        return "policy-wanted";
    }

    @Override
    public String reminder() {
        return "policy-reminder";
    }

    @Override
    public Map<String, Object> summary(DelegateTask task) {
        return question.summary(proposal);
    }

    @Override
    public Map<String, Object> prefilled(DelegateTask task) {
        return Map.of();
    }

    @Override
    public void done(Actor actor, Answers answers, DelegateTask task) {
        question.done(proposal, actor, answers);
    }
}
