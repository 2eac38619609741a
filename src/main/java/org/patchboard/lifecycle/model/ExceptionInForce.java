package org.patchboard.lifecycle.model;

/** Names of {@code exception-in-force.bpmn}: an accepted risk on its way to its end. */
public final class ExceptionInForce {

    public static final String KEY = "exception-in-force";
    public static final String CHECK_CONTROL = "UserTask_CheckControl";
    public static final String REVOKED = "patchboard.exceptionRevoked";

    public static final ProcessVariable<Long> EXCEPTION_REQUEST = RiskException.EXCEPTION_REQUEST;

    /** What the date that has come calls for: {@link #WARN}, {@link #CHECK} or {@link #EXPIRED}. */
    public static final ProcessVariable<String> EXCEPTION_STEP = new ProcessVariable<>("exceptionStep", String.class);

    public static final String WARN = "warn";
    public static final String CHECK = "check";
    public static final String EXPIRED = "expired";

    /** Whether what holds the risk down was seen to work. */
    public static final ProcessVariable<Boolean> CONTROL_HOLDS = new ProcessVariable<>("controlHolds", Boolean.class);

    private ExceptionInForce() {}
}
