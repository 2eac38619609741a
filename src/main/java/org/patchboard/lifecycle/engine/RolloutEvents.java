package org.patchboard.lifecycle.engine;

import java.util.Map;
import org.camunda.bpm.engine.RuntimeService;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.exception.RiskExceptionExpired;
import org.patchboard.lifecycle.model.RingWork;
import org.patchboard.lifecycle.model.Rollback;
import org.patchboard.lifecycle.model.VerifyChange;
import org.patchboard.rollout.HandsWanted;
import org.patchboard.rollout.RingBackedOut;
import org.patchboard.rollout.RingFinished;
import org.patchboard.rollout.TestFinished;
import org.patchboard.rollout.VerificationFinished;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Tells the engine what has happened to hosts, in the transaction in which it is recorded: the process moves on exactly
 * when the record exists. Nobody waiting for it (the ring was halted meanwhile) is no fault.
 */
@Component
class RolloutEvents {

    static final String TEST_FINISHED = "patchboard.testFinished";

    private static final Actor ACTOR = Actor.system("rollout");

    private final RuntimeService runtime;
    private final AsTheHouse house;
    private final Rollouts rollouts;
    private final Changes changes;
    private final RolloutMail mail;

    RolloutEvents(RuntimeService runtime, AsTheHouse house, Rollouts rollouts, Changes changes, RolloutMail mail) {
        this.runtime = runtime;
        this.house = house;
        this.rollouts = rollouts;
        this.changes = changes;
        this.mail = mail;
    }

    @EventListener
    void on(RingFinished event) {
        if (!event.passed()) {
            changes.moveTo(event.change(), ChangeState.HALTED, ACTOR);
        }
        mail.ringResult(rollouts.ring(event.change(), event.ring()));
        tell(RingWork.RING_FINISHED, event.change(), Map.of(RingWork.RING.name(), event.ring()));
    }

    @EventListener
    void on(RingBackedOut event) {
        mail.ringResult(rollouts.ring(event.change(), event.ring()));
        tell(Rollback.RING_BACKED_OUT, event.change(), Map.of(Rollback.RING.name(), event.ring()));
    }

    @EventListener
    void on(HandsWanted event) {
        tell(RingWork.HANDS_WANTED, event.change(), Map.of(RingWork.RING.name(), event.ring()));
    }

    @EventListener
    void on(TestFinished event) {
        tell(TEST_FINISHED, event.change(), Map.of());
    }

    @EventListener
    void on(VerificationFinished event) {
        tell(VerifyChange.VERIFICATION_FINISHED, event.change(), Map.of());
    }

    @EventListener
    void on(RiskExceptionExpired event) {
        mail.exceptionExpired(event);
    }

    private void tell(String message, ChangeId change, Map<String, Object> where) {
        var correlation = runtime.createMessageCorrelation(message).processInstanceBusinessKey(change.value());
        where.forEach(correlation::processInstanceVariableEquals);
        house.run(correlation::correlateAll);
    }
}
