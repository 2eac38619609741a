package org.patchboard.approval;

import java.util.Arrays;
import java.util.Locale;
import org.patchboard.shared.Refusal;

/** What a voter can say. */
public enum Decision {
    APPROVE,
    APPROVE_WITH_CONDITIONS,
    REJECT,
    ABSTAIN,
    RECUSE;

    /** As the API, the form and the table write it: {@code approve-with-conditions}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws Refusal when there is no such decision */
    public static Decision of(String word) {
        return Arrays.stream(values())
                .filter(decision -> decision.word().equals(word))
                .findFirst()
                .orElseThrow(() -> Refusal.incomplete(
                        "A vote is one of approve, approve-with-conditions, reject, abstain, recuse."));
    }

    public boolean approves() {
        return this == APPROVE || this == APPROVE_WITH_CONDITIONS;
    }
}
