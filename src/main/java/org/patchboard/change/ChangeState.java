package org.patchboard.change;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a change stands. Each knows where it may go, so that a process that errs cannot move it elsewhere. */
public enum ChangeState {
    TRIAGE,
    PLANNING,
    TESTING,
    AUTHORIZING,
    SCHEDULED,
    ROLLING_OUT,
    HALTED,
    VERIFYING,
    REVIEW,
    CLOSED,
    WITHDRAWN;

    /** As the API and the table write it: {@code rolling-out}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static ChangeState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    public boolean isOpen() {
        return this != CLOSED && this != WITHDRAWN;
    }

    /** Legal next states. */
    public Set<ChangeState> next() {
        return switch (this) {
            case TRIAGE -> EnumSet.of(PLANNING, CLOSED, WITHDRAWN);
            case PLANNING -> EnumSet.of(TESTING, CLOSED, WITHDRAWN);
            case TESTING -> EnumSet.of(PLANNING, AUTHORIZING, CLOSED, WITHDRAWN);
            case AUTHORIZING -> EnumSet.of(PLANNING, SCHEDULED, CLOSED, WITHDRAWN);
            case SCHEDULED -> EnumSet.of(PLANNING, AUTHORIZING, ROLLING_OUT, CLOSED, WITHDRAWN);
            case ROLLING_OUT -> EnumSet.of(HALTED, VERIFYING, PLANNING, REVIEW, CLOSED);
            case HALTED -> EnumSet.of(ROLLING_OUT, VERIFYING, PLANNING, REVIEW, CLOSED);
            case VERIFYING -> EnumSet.of(ROLLING_OUT, PLANNING, REVIEW, CLOSED);
            case REVIEW -> EnumSet.of(CLOSED);
            case CLOSED -> EnumSet.of(REVIEW);
            case WITHDRAWN -> EnumSet.noneOf(ChangeState.class);
        };
    }
}
