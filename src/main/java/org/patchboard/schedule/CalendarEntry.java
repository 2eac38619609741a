package org.patchboard.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/**
 * A maintenance window or a freeze, once or recurring.
 *
 * @param kind {@code window} or {@code freeze}
 */
public record CalendarEntry(long id, String kind, EntryDraft content) {

    public String name() {
        return content.name();
    }

    public ZoneId zone() {
        return ZoneId.of(content.zone());
    }

    public Scope scope() {
        return content.scope();
    }

    /** Whether a freeze lets changes of the class pass. */
    public boolean permits(String changeClass) {
        return content.permits().contains(changeClass);
    }

    /** Those that overlap the interval, in order. */
    public List<Occurrence> between(Instant from, Instant to) {
        return Occurrences.between(this, from, to);
    }
}
