package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.change.Statements;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.RolloutFacts;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.RingDeployment;
import org.patchboard.rollout.Ring;
import org.patchboard.rollout.Rings;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Component;

/** "Decide on the halted ring": try the failed hosts again, leave hosts out, or take the ring back. */
@Component
class DecideHaltedRing implements HumanTask {

    private final Rollouts rollouts;
    private final Rings rings;
    private final RolloutFacts facts;
    private final Changes changes;
    private final Statements statements;

    DecideHaltedRing(Rollouts rollouts, Rings rings, RolloutFacts facts, Changes changes, Statements statements) {
        this.rollouts = rollouts;
        this.rings = rings;
        this.facts = facts;
        this.changes = changes;
        this.statements = statements;
    }

    @Override
    public String key() {
        return RingDeployment.DECIDE_HALTED_RING;
    }

    @Override
    public Duty duty() {
        return Duty.OPERATE;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("decision", RingDeployment.RETRY, RingDeployment.EXCLUDE, RingDeployment.ROLL_BACK)
                        .required("Choose what becomes of the ring."),
                Field.text("hosts"),
                Field.text("reason").required("Say why."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return facts.ring(change, RingDeployment.RING.in(task));
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        var number = RingDeployment.RING.in(task);
        var decision = answers.text("decision");
        var ring = rollouts.ring(change, number);
        if (rings.isUnderWay(ring)) {
            throw Refusal.conflict("Hosts of this ring are still being worked on; decide when their results are in.");
        }
        if (decision.equals(RingDeployment.EXCLUDE)) {
            exclude(change, ring, answers, actor);
        }
        if (decision.equals(RingDeployment.ROLL_BACK)) {
            RingDeployment.ROLLOUT_OUTCOME.set(task.getExecution(), RingDeployment.BACKED_OUT);
        }
        RingDeployment.HALT_DECISION.set(task.getExecution(), decision);
        statements.record(change, ring.revision(), "halted-ring", decision, answers.text("reason"), actor);
    }

    /** What remains must be healthy, else the same question would be asked again at once. */
    private void exclude(ChangeId change, Ring ring, Answers answers, Actor actor) {
        var named = facts.hosts(rings.hosts(change, ring.revision(), ring.number()), answers.text("hosts"));
        rings.exclude(change, ring.revision(), ring.number(), named, actor, answers.text("reason"));
        var after = rollouts.ring(change, ring.number());
        if (!after.healthy()) {
            throw Refusal.conflict(
                    "Without these hosts the ring would still not pass: %s. Leave out more, or choose otherwise."
                            .formatted(rings.against(after).orElse("it is halted")));
        }
        changes.moveTo(change, ChangeState.ROLLING_OUT, actor);
    }
}
