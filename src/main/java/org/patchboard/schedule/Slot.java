package org.patchboard.schedule;

import java.time.Duration;
import java.time.Instant;

/**
 * Time in a maintenance window that a change can have.
 *
 * @param zone IANA zone the window is thought in
 */
public record Slot(long windowId, String windowName, String zone, Instant start, Instant end) {

    public Slot {
        if (!start.isBefore(end)) {
            throw new IllegalArgumentException("a slot ends after it begins");
        }
    }

    public Duration length() {
        return Duration.between(start, end);
    }
}
