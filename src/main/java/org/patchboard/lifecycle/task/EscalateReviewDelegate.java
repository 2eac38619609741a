package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.LateWork;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Escalate": tells change managers that the review is late. */
@Component
class EscalateReviewDelegate implements JavaDelegate {

    private final LateWork late;

    EscalateReviewDelegate(LateWork late) {
        this.late = late;
    }

    @Override
    public void execute(DelegateExecution execution) {
        var change = new ChangeId(execution.getProcessBusinessKey());
        late.review(change, execution.getProcessInstanceId());
    }
}
