package org.patchboard.schedule;

import java.time.Duration;
import java.time.Instant;

/** One time a window opens or a freeze holds; the end is not part of it. */
public record Occurrence(CalendarEntry entry, Instant start, Instant end) {

    public Occurrence {
        if (!start.isBefore(end)) {
            throw new IllegalArgumentException("an occurrence ends after it begins");
        }
    }

    public boolean overlaps(Instant from, Instant to) {
        return start.isBefore(to) && from.isBefore(end);
    }

    public Duration length() {
        return Duration.between(start, end);
    }
}
