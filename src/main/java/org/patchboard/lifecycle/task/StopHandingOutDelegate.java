package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.RingWork;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Stop handing out": the window is over, so no further host is started. */
@Component
class StopHandingOutDelegate implements JavaDelegate {

    private final Rollouts rollouts;

    StopHandingOutDelegate(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Override
    public void execute(DelegateExecution execution) {
        var change = new ChangeId(execution.getProcessBusinessKey());
        rollouts.stopHandingOut(change, RingWork.RING.in(execution));
    }
}
