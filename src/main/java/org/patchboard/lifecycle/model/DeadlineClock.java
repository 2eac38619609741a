package org.patchboard.lifecycle.model;

/** Names of {@code deadline-clock.bpmn}. */
public final class DeadlineClock {

    public static final String KEY = "deadline-clock";
    public static final String CHANGE_CLOSED = "patchboard.changeClosed";
    public static final ProcessVariable<Boolean> MORE_NOTICES = new ProcessVariable<>("moreNotices", Boolean.class);

    private DeadlineClock() {}
}
