package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Order test": the dry run and the lab installation of the newest plan. */
@Component
class OrderTestDelegate implements JavaDelegate {

    private final Rollouts rollouts;

    OrderTestDelegate(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Override
    public void execute(DelegateExecution execution) {
        var change = new ChangeId(execution.getProcessBusinessKey());
        rollouts.orderTest(change);
    }
}
