package org.patchboard.approval;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something a voter made the approval depend on; nothing is released before somebody has confirmed it.
 *
 * @param setBy login of the voter
 * @param metBy login of the one who confirmed it; null while it is open
 * @param metHow what was done or seen; null while it is open
 */
public record Condition(
        long id,
        String text,
        String setBy,
        @Nullable String metBy,
        @Nullable String metHow,
        @Nullable Instant metAt) {

    public boolean isOpen() {
        return metAt == null;
    }
}
