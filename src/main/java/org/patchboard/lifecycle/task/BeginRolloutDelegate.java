package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.PatchChange.RING_COUNT;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Planning;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Begin roll-out": how many rings there are to carry out. */
@Component
class BeginRolloutDelegate implements JavaDelegate {

    private final Planning planning;

    BeginRolloutDelegate(Planning planning) {
        this.planning = planning;
    }

    @Override
    public void execute(DelegateExecution execution) {
        RING_COUNT.set(execution, planning.beginRollout(new ChangeId(execution.getProcessBusinessKey())));
    }
}
