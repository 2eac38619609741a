package org.patchboard.lifecycle.model;

/** {@code verify-change.bpmn}: something that is not the installer looks at every host in scope, and a person signs. */
public final class VerifyChange {

    public static final String KEY = "verify-change";

    /** {@link #RETRY}, {@link #LOOK_AGAIN} or {@link #EXCEPTION}. */
    public static final ProcessVariable<String> RESIDUAL_DECISION =
            new ProcessVariable<>("residualDecision", String.class);

    public static final String RETRY = "retry";
    public static final String LOOK_AGAIN = "look-again";
    public static final String EXCEPTION = "exception";

    public static final ProcessVariable<Boolean> RISK_ACCEPTED = new ProcessVariable<>("riskAccepted", Boolean.class);

    /** What the caller gets: {@link #FIXED}, {@link #EXCEPTED} or {@link #RETRY}. */
    public static final ProcessVariable<String> VERIFICATION = new ProcessVariable<>("verification", String.class);

    public static final String FIXED = "fixed";
    public static final String EXCEPTED = "excepted";

    public static final String VERIFICATION_FINISHED = "patchboard.verificationFinished";

    public static final String SIGN_CLOSURE = "UserTask_SignClosure";
    public static final String JUDGE_RESIDUAL_HOSTS = "UserTask_JudgeResidualHosts";
    public static final String ACCEPT_RESIDUAL_RISK = "UserTask_AcceptResidualRisk";

    private VerifyChange() {}
}
