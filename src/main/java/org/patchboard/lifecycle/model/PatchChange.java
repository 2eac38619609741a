package org.patchboard.lifecycle.model;

/** Names of {@code patch-change.bpmn}. */
public final class PatchChange {

    public static final String KEY = "patch-change";
    public static final String WITHDRAWN = "patchboard.changeWithdrawn";

    /** An approved plan is no longer what is there; while it is voted on, the vote hears of it itself. */
    public static final String PLAN_CHANGED = ChangeAuthorization.PLAN_CHANGED;

    public static final String VERDICT_GIVEN = "patchboard.verdictGiven";

    /** A change does not close before its forensic verdict. */
    public static final String VERDICT_MISSING = "VERDICT_MISSING";

    public static final ProcessVariable<String> ASSESSMENT = AssessChange.ASSESSMENT;
    public static final ProcessVariable<String> AUTHORIZATION = new ProcessVariable<>("authorization", String.class);
    public static final ProcessVariable<String> SCHEDULING = new ProcessVariable<>("scheduling", String.class);
    public static final ProcessVariable<Integer> RING_COUNT = new ProcessVariable<>("ringCount", Integer.class);
    public static final ProcessVariable<Integer> RING = new ProcessVariable<>("ring", Integer.class);
    public static final ProcessVariable<String> ROLLOUT_OUTCOME = new ProcessVariable<>("rolloutOutcome", String.class);
    public static final ProcessVariable<String> VERIFICATION = new ProcessVariable<>("verification", String.class);

    private PatchChange() {}
}
