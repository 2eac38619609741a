package org.patchboard.lifecycle.task;

import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.lifecycle.engine.Reviews;
import org.patchboard.lifecycle.model.PostImplementationReview;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Judge need of review": mandatory, sampled or not needed. */
@Component
class JudgeReviewNeedDelegate implements JavaDelegate {

    private final Reviews reviews;

    JudgeReviewNeedDelegate(Reviews reviews) {
        this.reviews = reviews;
    }

    @Override
    public void execute(DelegateExecution execution) {
        var change = new ChangeId(execution.getProcessBusinessKey());
        PostImplementationReview.REVIEW_NEEDED.set(execution, reviews.judge(change));
    }
}
