package org.patchboard.lifecycle.model;

/** Names of {@code policy-change.bpmn}: a new version of a decision table; its business key is the proposal's number. */
public final class PolicyChange {

    public static final String KEY = "policy-change";
    public static final String DECIDE_POLICY = "UserTask_DecidePolicy";
    public static final String WITHDRAWN = "patchboard.policyWithdrawn";

    /** The table has changed since the proposal was written. */
    public static final String OUTDATED = "POLICY_OUTDATED";

    private PolicyChange() {}
}
