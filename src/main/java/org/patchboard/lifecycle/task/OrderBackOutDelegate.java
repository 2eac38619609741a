package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.Rollback;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Order back-out": writes down and queues what is to be put back. */
@Component
class OrderBackOutDelegate implements JavaDelegate {

    private final Rollouts rollouts;

    OrderBackOutDelegate(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Override
    public void execute(DelegateExecution execution) {
        var change = new ChangeId(execution.getProcessBusinessKey());
        rollouts.orderBackOut(change, Rollback.RING.in(execution));
    }
}
