package org.patchboard.lifecycle.model;

/** Names of {@code assess-change.bpmn}. */
public final class AssessChange {

    public static final String KEY = "assess-change";
    public static final String TRIAGE = "UserTask_Triage";

    /** {@link #PATCH} or {@link #NOT_AFFECTED}. */
    public static final ProcessVariable<String> ASSESSMENT = new ProcessVariable<>("assessment", String.class);

    public static final String PATCH = "patch";
    public static final String NOT_AFFECTED = "not-affected";

    private AssessChange() {}
}
