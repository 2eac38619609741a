package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.RingDeployment;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** What gateways of the roll-out's processes ask; read from tables, so that no variable can answer for them. */
@VisibleToModels
@Component
public class RolloutRecord {

    private final Rollouts rollouts;

    RolloutRecord(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    /** Whether the health gate has let the ring through, soaked or not. */
    public boolean isRingHealthy(DelegateExecution execution) {
        return rollouts.ring(change(execution), RingDeployment.RING.in(execution))
                .healthy();
    }

    /** Whether the ring's hosts are to be looked at again now that it has soaked. */
    public boolean isLookedAtAfterSoak(DelegateExecution execution) {
        return rollouts.isLookedAtAfterSoak(change(execution), RingDeployment.RING.in(execution));
    }

    /** Whether the ring has its old versions again. */
    public boolean isRingBackedOut(DelegateExecution execution) {
        return rollouts.isBackedOut(change(execution), RingDeployment.RING.in(execution));
    }

    /** Whether every host was seen fixed or is excepted. */
    public boolean isFixed(DelegateExecution execution) {
        return rollouts.isFixed(change(execution));
    }

    private static ChangeId change(DelegateExecution execution) {
        return new ChangeId(execution.getProcessBusinessKey());
    }

    /**
     * Ring to be carried out in a turn of the loop over rings, which counts from 0; the lab is not among them. A sum in an
     * expression would be a long, which no variable of ours is compared with.
     */
    public int ringOfTurn(int turn) {
        return turn + 1;
    }
}
