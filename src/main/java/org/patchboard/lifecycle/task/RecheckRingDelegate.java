package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.RingDeployment;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Re-check ring": the soak is over, so the ring is judged once more. */
@Component
class RecheckRingDelegate implements JavaDelegate {

    private final Rollouts rollouts;

    RecheckRingDelegate(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Override
    public void execute(DelegateExecution execution) {
        var change = new ChangeId(execution.getProcessBusinessKey());
        var passed = rollouts.finishSoak(change, RingDeployment.RING.in(execution));
        RingDeployment.ROLLOUT_OUTCOME.set(execution, passed ? RingDeployment.PASSED : RingDeployment.STOPPED);
    }
}
