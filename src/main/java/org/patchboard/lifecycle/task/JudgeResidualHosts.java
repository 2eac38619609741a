package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.change.Statements;
import org.patchboard.exception.RiskExceptions;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.RolloutFacts;
import org.patchboard.lifecycle.engine.RolloutPlans;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.VerifyChange;
import org.patchboard.rollout.Verifications.Seen;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Component;

/** "Residual hosts": hosts that were not seen fixed are tried again, looked at again, or somebody carries the risk. */
@Component
class JudgeResidualHosts implements HumanTask {

    private final Rollouts rollouts;
    private final RiskExceptions exceptions;
    private final RolloutFacts facts;
    private final RolloutPlans plans;
    private final Statements statements;

    JudgeResidualHosts(
            Rollouts rollouts,
            RiskExceptions exceptions,
            RolloutFacts facts,
            RolloutPlans plans,
            Statements statements) {
        this.rollouts = rollouts;
        this.exceptions = exceptions;
        this.facts = facts;
        this.plans = plans;
        this.statements = statements;
    }

    @Override
    public String key() {
        return VerifyChange.JUDGE_RESIDUAL_HOSTS;
    }

    @Override
    public Duty duty() {
        return Duty.VERIFY;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("decision", VerifyChange.LOOK_AGAIN, VerifyChange.RETRY, VerifyChange.EXCEPTION)
                        .required("Choose what becomes of the hosts that are not fixed."),
                Field.text("reason").required("Say why."),
                Field.text("control"));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return facts.seen(change);
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        var decision = answers.text("decision");
        if (decision.equals(VerifyChange.EXCEPTION)) {
            request(change, answers, actor);
        }
        if (decision.equals(VerifyChange.RETRY)) {
            VerifyChange.VERIFICATION.set(task.getExecution(), VerifyChange.RETRY);
        }
        VerifyChange.RESIDUAL_DECISION.set(task.getExecution(), decision);
        statements.record(
                change, plans.newestRevision(change), "residual-hosts", decision, answers.text("reason"), actor);
    }

    private void request(ChangeId change, Answers answers, Actor actor) {
        var hosts =
                rollouts.residual(change).stream().map(Seen::asset).distinct().toList();
        if (hosts.isEmpty()) {
            throw Refusal.conflict("No host was seen that is not fixed, so there is nothing to except; look again.");
        }
        exceptions.request(change, hosts, answers.text("reason"), answers.text("control"), actor);
    }
}
