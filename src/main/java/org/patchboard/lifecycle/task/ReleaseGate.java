package org.patchboard.lifecycle.task;

import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.lifecycle.engine.Readiness;
import org.patchboard.lifecycle.engine.ReleaseSigner;
import org.patchboard.lifecycle.engine.RolloutPlans;
import org.patchboard.schedule.Bookings;
import org.patchboard.schedule.GateAnswers;
import org.patchboard.schedule.GateAnswers.GateAnswer;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;

/**
 * The last word before hosts are touched (law 1). Asked anew before each ring: a live approval of exactly this plan by
 * people who may still give it, the test signed off, inside the booked window with the time left, no freeze, no conflict
 * that nobody answered for. Both answers are written down, and a yes is signed: hosts are worked on under that release
 * only, and only within the window.
 */
@UseCase
public class ReleaseGate {

    private final Plans plans;
    private final Readiness readiness;
    private final GateAnswers answers;
    private final Bookings bookings;
    private final RolloutPlans rolloutPlans;
    private final ReleaseSigner signer;

    ReleaseGate(
            Plans plans,
            Readiness readiness,
            GateAnswers answers,
            Bookings bookings,
            RolloutPlans rolloutPlans,
            ReleaseSigner signer) {
        this.plans = plans;
        this.readiness = readiness;
        this.answers = answers;
        this.bookings = bookings;
        this.rolloutPlans = rolloutPlans;
        this.signer = signer;
    }

    /** @return open, or every reason against it */
    public GateAnswer check(ChangeId change, int ring) {
        var plan = plans.current(change);
        var answer = answers.record(
                change,
                plan.map(PlanRevision::revision).orElse(0),
                ring,
                plan.map(PlanRevision::digest).orElse(""),
                readiness.againstRing(plan.orElse(null), change, ring));
        if (answer.open()) {
            var window = bookings.live(change).orElseThrow();
            signer.forRing(change, rolloutPlans.cut(change), ring, window.start(), window.end());
        }
        return answer;
    }
}
