package org.patchboard.lifecycle.task;

import static org.patchboard.lifecycle.model.RingDeployment.GATE_OPEN;
import static org.patchboard.lifecycle.model.RingDeployment.RING;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Check gate": may this ring start now? */
@Component
class CheckGateDelegate implements JavaDelegate {

    private final ReleaseGate gate;

    CheckGateDelegate(ReleaseGate gate) {
        this.gate = gate;
    }

    @Override
    public void execute(DelegateExecution execution) {
        GATE_OPEN.set(
                execution,
                gate.check(new ChangeId(execution.getProcessBusinessKey()), RING.in(execution))
                        .open());
    }
}
