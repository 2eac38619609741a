package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Assessment;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Assess priority": by table, with its receipt. */
@Component
class AssessPriorityDelegate implements JavaDelegate {

    private final Assessment assessment;

    AssessPriorityDelegate(Assessment assessment) {
        this.assessment = assessment;
    }

    @Override
    public void execute(DelegateExecution execution) {
        assessment.priority(new ChangeId(execution.getProcessBusinessKey()));
    }
}
