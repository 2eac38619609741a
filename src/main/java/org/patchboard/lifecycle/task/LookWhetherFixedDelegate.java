package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Look at hosts": orders a look at every host in scope. */
@Component
class LookWhetherFixedDelegate implements JavaDelegate {

    private final Rollouts rollouts;

    LookWhetherFixedDelegate(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Override
    public void execute(DelegateExecution execution) {
        var change = new ChangeId(execution.getProcessBusinessKey());
        rollouts.lookWhetherFixed(change);
    }
}
