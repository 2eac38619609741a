package org.patchboard.identity;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a person did on a change, or on a proposal to change a policy. Duties that conflict are never held by one person on one change (law 3). The table
 * {@code duty_conflict} holds the same pairs for the database's own checks; a test keeps them the same.
 */
public enum Duty {
    REQUEST("asked for the change"),
    TRIAGE("triaged it"),
    PLAN("planned it"),
    STATE_IMPACT("stated its business impact"),
    STATE_SECURITY_IMPACT("stated its security impact"),
    TEST("tested it"),
    MANAGE("managed its schedule or conflicts"),
    VOTE("voted on it"),
    IMPLEMENT("implemented it"),
    OPERATE("halted, resumed or rolled it back"),
    VERIFY("verified it"),
    ASK_EXCEPTION("asked for an exception from it"),
    ACCEPT_RISK("accepted its residual risk"),
    REVIEW("reviewed it"),
    BREAK_GLASS("broke the glass for it"),
    APPROVE_AFTERWARDS("judged it afterwards"),
    PROPOSE_POLICY("proposed it"),
    DECIDE_POLICY("decides on it");

    private final String phrase;

    Duty(String phrase) {
        this.phrase = phrase;
    }

    /** What holding it means, as the end of a sentence that begins with a name. */
    public String phrase() {
        return phrase;
    }

    /** Whether it is held on a proposal about a policy rather than on a change. */
    public boolean isAboutPolicies() {
        return this == PROPOSE_POLICY || this == DECIDE_POLICY;
    }

    /** Duties the same person may not hold on the same change, both ways. */
    public Set<Duty> conflicts() {
        var conflicts = EnumSet.noneOf(Duty.class);
        for (var other : values()) {
            if (half(this).contains(other) || half(other).contains(this)) {
                conflicts.add(other);
            }
        }
        return conflicts;
    }

    /** The role table of the product, one direction of each pair. */
    private static Set<Duty> half(Duty duty) {
        return switch (duty) {
            case TRIAGE -> EnumSet.of(ACCEPT_RISK);
            case PLAN -> EnumSet.of(VOTE, TEST, VERIFY);
            case STATE_IMPACT -> EnumSet.of(IMPLEMENT);
            case TEST -> EnumSet.of(REQUEST, IMPLEMENT);
            case STATE_SECURITY_IMPACT -> EnumSet.of(REQUEST);
            case VOTE -> EnumSet.of(REQUEST, IMPLEMENT);
            case IMPLEMENT -> EnumSet.of(VERIFY);
            case ACCEPT_RISK -> EnumSet.of(REQUEST, ASK_EXCEPTION);
            case MANAGE -> EnumSet.of(REQUEST, IMPLEMENT);
            case APPROVE_AFTERWARDS -> EnumSet.of(BREAK_GLASS, REQUEST, PLAN, IMPLEMENT, OPERATE);
            case PROPOSE_POLICY -> EnumSet.of(DECIDE_POLICY);
            case REQUEST, OPERATE, VERIFY, REVIEW, ASK_EXCEPTION, BREAK_GLASS, DECIDE_POLICY ->
                EnumSet.noneOf(Duty.class);
        };
    }
}
