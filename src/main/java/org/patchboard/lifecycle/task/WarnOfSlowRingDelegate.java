package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.RingWork;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Warn of slow ring": tells those on call. */
@Component
class WarnOfSlowRingDelegate implements JavaDelegate {

    private final Rollouts rollouts;

    WarnOfSlowRingDelegate(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Override
    public void execute(DelegateExecution execution) {
        var change = new ChangeId(execution.getProcessBusinessKey());
        rollouts.warnOfSlowRing(change, RingWork.RING.in(execution));
    }
}
