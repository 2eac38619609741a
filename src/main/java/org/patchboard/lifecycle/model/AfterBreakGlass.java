package org.patchboard.lifecycle.model;

/** Names of {@code after-break-glass.bpmn}: what was done without an approval is judged afterwards. */
public final class AfterBreakGlass {

    public static final String KEY = "after-break-glass";
    public static final String JUDGE_GLASS = "UserTask_JudgeGlass";
    public static final String DECIDE_ROLL_BACK = "UserTask_DecideRollBack";

    private AfterBreakGlass() {}
}
