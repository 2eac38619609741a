package org.patchboard.lifecycle.model;

/** Names of {@code assess-change.bpmn}. */
public final class AssessChange {

    public static final String KEY = "assess-change";
    public static final String TRIAGE = "UserTask_Triage";
    public static final String FORENSIC_TRIAGE = "UserTask_ForensicTriage";
    public static final ProcessVariable<String> ASSESSMENT = new ProcessVariable<>("assessment", String.class);
    public static final ProcessVariable<Boolean> FORENSICS = new ProcessVariable<>("forensics", Boolean.class);

    private AssessChange() {}
}
