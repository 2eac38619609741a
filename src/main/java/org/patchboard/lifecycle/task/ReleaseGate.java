package org.patchboard.lifecycle.task;

import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.lifecycle.engine.Readiness;
import org.patchboard.schedule.GateAnswers;
import org.patchboard.schedule.GateAnswers.GateAnswer;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;

/**
 * The last word before hosts are touched (law 1). Asked anew before each ring: a live approval of exactly this plan by
 * people who may still give it, the test signed off, inside the booked window with the time left, no freeze, no conflict
 * that nobody answered for. Both answers are written down.
 */
@UseCase
public class ReleaseGate {

    private final Plans plans;
    private final Readiness readiness;
    private final GateAnswers answers;

    ReleaseGate(Plans plans, Readiness readiness, GateAnswers answers) {
        this.plans = plans;
        this.readiness = readiness;
        this.answers = answers;
    }

    /** @return open, or every reason against it */
    public GateAnswer check(ChangeId change, int ring) {
        var plan = plans.current(change);
        return answers.record(
                change,
                plan.map(PlanRevision::revision).orElse(0),
                ring,
                plan.map(PlanRevision::digest).orElse(""),
                readiness.againstRing(plan.orElse(null), change, ring));
    }
}
