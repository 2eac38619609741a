package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.Rollback;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Look at hosts": orders a look at the hosts that were put back. */
@Component
class LookWhetherBackedOutDelegate implements JavaDelegate {

    private final Rollouts rollouts;

    LookWhetherBackedOutDelegate(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Override
    public void execute(DelegateExecution execution) {
        var change = new ChangeId(execution.getProcessBusinessKey());
        rollouts.lookWhetherBackedOut(change, Rollback.RING.in(execution));
    }
}
