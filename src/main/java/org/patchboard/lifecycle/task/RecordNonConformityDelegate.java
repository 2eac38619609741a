package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Emergencies;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Record non-conformity": the glass was broken without justification. */
@Component
class RecordNonConformityDelegate implements JavaDelegate {

    private final Emergencies emergencies;

    RecordNonConformityDelegate(Emergencies emergencies) {
        this.emergencies = emergencies;
    }

    @Override
    public void execute(DelegateExecution execution) {
        emergencies.recordNonConformity(new ChangeId(execution.getProcessBusinessKey()));
    }
}
