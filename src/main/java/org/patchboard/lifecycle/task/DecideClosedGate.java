package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.change.Statements;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.RolloutFacts;
import org.patchboard.lifecycle.engine.RolloutPlans;
import org.patchboard.lifecycle.model.RingDeployment;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Ring may not start": somebody waits for the reason to go away, or ends the roll-out. */
@Component
class DecideClosedGate implements HumanTask {

    private final RolloutFacts facts;
    private final RolloutPlans plans;
    private final Statements statements;

    DecideClosedGate(RolloutFacts facts, RolloutPlans plans, Statements statements) {
        this.facts = facts;
        this.plans = plans;
        this.statements = statements;
    }

    @Override
    public String key() {
        return RingDeployment.DECIDE_CLOSED_GATE;
    }

    @Override
    public Duty duty() {
        return Duty.OPERATE;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("decision", RingDeployment.WAIT, RingDeployment.STOP)
                        .required("Choose whether the gate is asked again or the roll-out is ended."),
                Field.text("reason").required("Say why."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        var ring = RingDeployment.RING.in(task);
        return Map.of("ring", ring, "reasons", facts.gateReasons(change, ring));
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        RingDeployment.GATE_DECISION.set(task.getExecution(), answers.text("decision"));
        if (answers.text("decision").equals(RingDeployment.STOP)) {
            RingDeployment.ROLLOUT_OUTCOME.set(task.getExecution(), RingDeployment.STOPPED);
        }
        statements.record(
                change,
                plans.newestRevision(change),
                "closed-gate",
                answers.text("decision"),
                answers.text("reason"),
                actor);
    }
}
