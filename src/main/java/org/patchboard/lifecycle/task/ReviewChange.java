package org.patchboard.lifecycle.task;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Reviews;
import org.patchboard.lifecycle.model.PostImplementationReview;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.stereotype.Component;

/** "Review change": what happened, why, and what follows from it. */
@Component
class ReviewChange implements HumanTask {

    private final Reviews reviews;

    ReviewChange(Reviews reviews) {
        this.reviews = reviews;
    }

    @Override
    public String key() {
        return PostImplementationReview.REVIEW_CHANGE;
    }

    @Override
    public Duty duty() {
        return Duty.REVIEW;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("verdict", "sound", "lessons", "non-conformity").required("Choose a verdict."),
                Field.text("rootCause").required("Say what the root cause was, or that there was nothing to find."),
                Field.text("actions").required("Say what follows from it, or that nothing does."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        return reviews.summary(change);
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        reviews.done(change, answers.text("verdict"), answers.text("rootCause"), answers.text("actions"), actor);
    }
}
