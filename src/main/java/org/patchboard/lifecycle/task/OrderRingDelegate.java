package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.RingWork;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Order ring": writes down and queues what is to be installed; the hosts follow after the commit. */
@Component
class OrderRingDelegate implements JavaDelegate {

    private final Rollouts rollouts;

    OrderRingDelegate(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Override
    public void execute(DelegateExecution execution) {
        var change = new ChangeId(execution.getProcessBusinessKey());
        rollouts.orderRing(change, RingWork.RING.in(execution));
    }
}
