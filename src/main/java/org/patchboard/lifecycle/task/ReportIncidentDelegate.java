package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Forensics;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Report the incident": a compromise is confirmed, so a patch alone does not end it. */
@Component
class ReportIncidentDelegate implements JavaDelegate {

    private final Forensics forensics;

    ReportIncidentDelegate(Forensics forensics) {
        this.forensics = forensics;
    }

    @Override
    public void execute(DelegateExecution execution) {
        forensics.reportIncident(new ChangeId(execution.getProcessBusinessKey()));
    }
}
