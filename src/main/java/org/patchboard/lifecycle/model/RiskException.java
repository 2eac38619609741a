package org.patchboard.lifecycle.model;

/** Names of {@code risk-exception.bpmn}: somebody asks to carry a risk for a time. */
public final class RiskException {

    public static final String KEY = "risk-exception";
    public static final String GIVE_OPINION = "UserTask_GiveOpinion";
    public static final String DECIDE_EXCEPTION = "UserTask_DecideException";

    /** The decision table that names who may accept a risk, and for how long. */
    public static final String DECISION = "exception-authority";

    /** Key of the request. */
    public static final ProcessVariable<Long> EXCEPTION_REQUEST = new ProcessVariable<>("exceptionRequest", Long.class);

    private RiskException() {}
}
