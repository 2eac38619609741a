package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Assessment;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Compose deadlines": every pack that applies; the earliest binds. */
@Component
class AssessDeadlineDelegate implements JavaDelegate {

    private final Assessment assessment;

    AssessDeadlineDelegate(Assessment assessment) {
        this.assessment = assessment;
    }

    @Override
    public void execute(DelegateExecution execution) {
        assessment.deadline(new ChangeId(execution.getProcessBusinessKey()));
    }
}
