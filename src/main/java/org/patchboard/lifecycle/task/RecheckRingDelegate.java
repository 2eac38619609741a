package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.RingSoak;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Re-check ring": the soak is over, so the ring is judged once more, by its rows and by what was seen on its hosts. */
@Component
class RecheckRingDelegate implements JavaDelegate {

    private final Rollouts rollouts;

    RecheckRingDelegate(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Override
    public void execute(DelegateExecution execution) {
        var change = new ChangeId(execution.getProcessBusinessKey());
        var passed = rollouts.finishSoak(change, RingSoak.RING.in(execution));
        RingSoak.ROLLOUT_OUTCOME.set(execution, passed ? RingSoak.PASSED : RingSoak.STOPPED);
    }
}
