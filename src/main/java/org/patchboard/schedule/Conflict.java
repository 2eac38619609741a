package org.patchboard.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that stands against a plan's time.
 *
 * @param kind {@code freeze}, {@code same-asset}, {@code ha-group}, {@code window-too-short} or {@code no-window}
 * @param hard stops the change unless somebody answers for it; soft is waived with a reason as well
 * @param detail a sentence
 */
public record Conflict(
        long id,
        String kind,
        boolean hard,
        String detail,
        Instant foundAt,
        @Nullable String waivedBy,
        @Nullable String waiver) {

    public boolean isWaived() {
        return waivedBy != null;
    }
}
