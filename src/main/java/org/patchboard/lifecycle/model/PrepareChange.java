package org.patchboard.lifecycle.model;

/** Names of {@code prepare-change.bpmn}. */
public final class PrepareChange {

    public static final String KEY = "prepare-change";
    public static final String PLAN = "UserTask_Plan";
    public static final String BUSINESS_IMPACT = "UserTask_BusinessImpact";
    public static final String SECURITY_IMPACT = "UserTask_SecurityImpact";
    public static final String SIGN_OFF_TEST = "UserTask_SignOffTest";
    public static final String WAIVE_CONFLICTS = "UserTask_WaiveConflicts";
    public static final String TEST_FINISHED = "patchboard.testFinished";
    public static final ProcessVariable<Boolean> IMPACT_ACCEPTED =
            new ProcessVariable<>("impactAccepted", Boolean.class);
    public static final ProcessVariable<Boolean> TEST_PASSED = new ProcessVariable<>("testPassed", Boolean.class);
    public static final ProcessVariable<String> CONFLICTS = new ProcessVariable<>("conflicts", String.class);

    private PrepareChange() {}
}
