package org.patchboard.lifecycle.model;

/** Names of {@code emergency-change.bpmn}: what is left when the emergency board does not decide in time. */
public final class EmergencyChange {

    public static final String KEY = "emergency-change";
    public static final String BREAK_GLASS = "UserTask_BreakGlass";
    public static final String CONFIRM_BREAK_GLASS = "UserTask_ConfirmBreakGlass";

    /** What the caller gets: {@link ChangeAuthorization#APPROVED} or {@link ChangeAuthorization#REJECTED}. */
    public static final ProcessVariable<String> AUTHORIZATION = ChangeAuthorization.AUTHORIZATION;

    private EmergencyChange() {}
}
