package org.patchboard.lifecycle.model;

/** Names of {@code schedule-change.bpmn}. */
public final class ScheduleChange {

    public static final String KEY = "schedule-change";
    public static final String CONSENT_TO_WINDOW = "UserTask_ConsentToWindow";
    public static final String CONFIRM_CONDITIONS = "UserTask_ConfirmConditions";
    public static final String DECIDE_ON_HOLD = "UserTask_DecideOnHold";

    /** Where the scheduling stands. The caller gets {@link #GO} or {@link #REPLAN}. */
    public static final ProcessVariable<String> SCHEDULING = new ProcessVariable<>("scheduling", String.class);

    /** A window that needs nobody's consent any more. */
    public static final String FOUND = "found";

    /** A window, but not the one wished for. */
    public static final String MOVED = "moved";

    public static final String NONE = "none";

    /** All green, and the window is not open yet. */
    public static final String WAITING = "waiting";

    public static final String HELD = "held";
    public static final String MISSED = "missed";
    public static final String SEARCH = "search";
    public static final String GO = "go";
    public static final String REPLAN = "replan";

    private ScheduleChange() {}
}
