package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Closing;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Closed": a change that was under review is closed again. */
@Component
class EndReviewDelegate implements JavaDelegate {

    private final Closing closing;

    EndReviewDelegate(Closing closing) {
        this.closing = closing;
    }

    @Override
    public void execute(DelegateExecution execution) {
        closing.endReview(new ChangeId(execution.getProcessBusinessKey()));
    }
}
