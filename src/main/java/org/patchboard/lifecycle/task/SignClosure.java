package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.change.Statements;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.RolloutFacts;
import org.patchboard.lifecycle.engine.RolloutPlans;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.VerifyChange;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Component;

/** "Sign closure": a person has read what was seen on every host. */
@Component
class SignClosure implements HumanTask {

    private final Rollouts rollouts;
    private final RolloutFacts facts;
    private final RolloutPlans plans;
    private final Statements statements;

    SignClosure(Rollouts rollouts, RolloutFacts facts, RolloutPlans plans, Statements statements) {
        this.rollouts = rollouts;
        this.facts = facts;
        this.plans = plans;
        this.statements = statements;
    }

    @Override
    public String key() {
        return VerifyChange.SIGN_CLOSURE;
    }

    @Override
    public Duty duty() {
        return Duty.VERIFY;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.yesNo("confirmed").required("Confirm that you have read what was seen on every host."),
                Field.text("comment"));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return facts.seen(change);
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        if (!answers.yes("confirmed")) {
            throw Refusal.incomplete("Confirm that you have read what was seen on every host.");
        }
        if (!rollouts.isFixed(change)) {
            throw Refusal.conflict(
                    "An exception has ended meanwhile, so not every host is fixed or excepted any more.");
        }
        var outcome = rollouts.hasExceptedHosts(change) ? VerifyChange.EXCEPTED : VerifyChange.FIXED;
        VerifyChange.VERIFICATION.set(task.getExecution(), outcome);
        statements.record(change, plans.newestRevision(change), "closure", outcome, answers.text("comment"), actor);
    }
}
