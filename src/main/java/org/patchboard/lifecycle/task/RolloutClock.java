package org.patchboard.lifecycle.task;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.patchboard.lifecycle.engine.Reviews;
import org.patchboard.lifecycle.engine.RolloutFacts;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.ProcessVariable;
import org.patchboard.lifecycle.model.RingDeployment;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** When the timers of the roll-out's processes fire; models ask it by its bean name. */
@VisibleToModels
@Component
public class RolloutClock {

    private final Rollouts rollouts;
    private final RolloutFacts facts;
    private final Reviews reviews;
    private final Clock clock;
    private final Duration patience;

    RolloutClock(
            Rollouts rollouts,
            RolloutFacts facts,
            Reviews reviews,
            Clock clock,
            @Value("${patchboard.rollout.patience:PT30M}") Duration patience) {
        this.rollouts = rollouts;
        this.facts = facts;
        this.reviews = reviews;
        this.clock = clock;
        this.patience = patience;
    }

    /** When no further host may be started: the end of the booked window. */
    public Date windowEnd(DelegateExecution execution) {
        return ProcessVariable.date(facts.windowEnd(change(execution)));
    }

    /** When the deployer should have answered: its patience, and as much again for the queue. */
    public Date watchdog(DelegateExecution execution) {
        return ProcessVariable.date(clock.instant().plus(patience.multipliedBy(2)));
    }

    /** When the ring has soaked. */
    public Date soakEnd(DelegateExecution execution) {
        var ring = rollouts.ring(change(execution), RingDeployment.RING.in(execution));
        var finished = ring.finishedAt();
        Instant from = finished == null ? clock.instant() : finished;
        return ProcessVariable.date(from.plus(ring.soak()));
    }

    /** When the verification is due. */
    public Date verificationDue(DelegateExecution execution) {
        return ProcessVariable.date(facts.verificationDue(change(execution)));
    }

    /** When the review is due. */
    public Date reviewDue(DelegateExecution execution) {
        return ProcessVariable.date(reviews.due(change(execution)));
    }

    private static ChangeId change(DelegateExecution execution) {
        return new ChangeId(execution.getProcessBusinessKey());
    }
}
