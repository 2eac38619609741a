package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.patchboard.lifecycle.engine.Emergencies;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** What gateways ask of the record of a broken glass. */
@VisibleToModels
@Component
public class GlassRecord {

    private final Emergencies emergencies;

    GlassRecord(Emergencies emergencies) {
        this.emergencies = emergencies;
    }

    /** Whether the second person confirmed. */
    public boolean isConfirmed(DelegateExecution execution) {
        return emergencies
                .glass(new ChangeId(execution.getProcessBusinessKey()))
                .isConfirmed();
    }

    /** Whether it was found justified afterwards. */
    public boolean isJustified(DelegateExecution execution) {
        return emergencies
                .glass(new ChangeId(execution.getProcessBusinessKey()))
                .isJustified();
    }
}
