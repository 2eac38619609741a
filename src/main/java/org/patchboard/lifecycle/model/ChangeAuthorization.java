package org.patchboard.lifecycle.model;

/** Names of {@code change-authorization.bpmn}. */
public final class ChangeAuthorization {

    public static final String KEY = "change-authorization";
    public static final String VOTE = "UserTask_Vote";

    /** The decision table that names authority and quorum. */
    public static final String DECISION = "change-authorization";

    public static final String PLAN_CHANGED = "patchboard.planChanged";

    /** A vote that was changed has settled the outcome. */
    public static final String VOTE_DECIDED = "patchboard.voteDecided";

    /** What the caller gets: {@link #APPROVED}, {@link #REJECTED} or {@link #VOID}; {@link #OPEN} while it is voted. */
    public static final ProcessVariable<String> AUTHORIZATION = new ProcessVariable<>("authorization", String.class);

    public static final String APPROVED = "approved";
    public static final String REJECTED = "rejected";
    public static final String VOID = "void";
    public static final String OPEN = "open";

    /** The emergency board did not decide in time; the glass may be broken. */
    public static final String EMERGENCY = "emergency";

    /** The last vote came before the deadline, and has still to be counted. */
    public static final String DECIDED = "decided";

    /** Login of the one whose task it is. */
    public static final ProcessVariable<String> VOTER = new ProcessVariable<>("voter", String.class);

    private ChangeAuthorization() {}
}
