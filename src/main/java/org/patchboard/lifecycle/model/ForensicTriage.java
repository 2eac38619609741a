package org.patchboard.lifecycle.model;

/** Names of {@code forensic-triage.bpmn}. */
public final class ForensicTriage {

    public static final String KEY = "forensic-triage";
    public static final String SECURE_EVIDENCE = "UserTask_ForensicTriage";

    /** {@code none}, {@code suspected} or {@link #CONFIRMED}. */
    public static final ProcessVariable<String> FORENSIC_VERDICT =
            new ProcessVariable<>("forensicVerdict", String.class);

    public static final String CONFIRMED = "confirmed";

    private ForensicTriage() {}
}
