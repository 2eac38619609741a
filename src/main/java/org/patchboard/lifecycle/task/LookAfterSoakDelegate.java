package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.RingSoak;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Look at hosts": orders a look at the hosts of the ring that has soaked. */
@Component
class LookAfterSoakDelegate implements JavaDelegate {

    private final Rollouts rollouts;

    LookAfterSoakDelegate(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Override
    public void execute(DelegateExecution execution) {
        rollouts.lookAfterSoak(new ChangeId(execution.getProcessBusinessKey()), RingSoak.RING.in(execution));
    }
}
