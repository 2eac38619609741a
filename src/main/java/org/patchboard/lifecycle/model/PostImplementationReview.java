package org.patchboard.lifecycle.model;

/** {@code post-implementation-review.bpmn}: what is learnt from a change, when there is something to learn. */
public final class PostImplementationReview {

    public static final String KEY = "post-implementation-review";

    public static final ProcessVariable<Boolean> REVIEW_NEEDED = new ProcessVariable<>("reviewNeeded", Boolean.class);

    public static final String REVIEW_CHANGE = "UserTask_ReviewChange";

    private PostImplementationReview() {}
}
