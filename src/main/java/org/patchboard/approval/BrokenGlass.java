package org.patchboard.approval;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.ChangeId;

/**
 * A change that goes ahead without an approval, for exactly one plan.
 *
 * @param hosts how many the plan has
 * @param confirmedBy the second person; null until there is one
 * @param until when it ends, four hours after the confirmation at the latest
 * @param verdict {@code justified} or {@code not-justified}; null until it is judged
 */
public record BrokenGlass(
        long id,
        ChangeId change,
        int revision,
        String digest,
        int hosts,
        String reason,
        String incident,
        String brokenBy,
        Instant brokenAt,
        @Nullable String confirmedBy,
        @Nullable Instant until,
        boolean givenUp,
        @Nullable String verdict,
        String verdictText,
        @Nullable String judgedBy) {

    public boolean isConfirmed() {
        return confirmedBy != null;
    }

    public boolean isJustified() {
        return "justified".equals(verdict);
    }
}
