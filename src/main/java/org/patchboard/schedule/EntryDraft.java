package org.patchboard.schedule;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Refusal;

/**
 * A window or a freeze as somebody enters it. An invalid one cannot exist.
 *
 * @param zone IANA name; recurrence happens in this zone's local time
 * @param start local date-time of the first occurrence; a time that the zone skips is refused
 * @param duration on the wall clock: what begins at 01:00 and lasts three hours ends at 04:00 in every night
 * @param rrule RFC 5545, by day or longer; null: once
 * @param exdates local starts that are left out
 * @param permits for a freeze: change classes allowed all the same
 */
public record EntryDraft(
        String name,
        String zone,
        LocalDateTime start,
        Duration duration,
        @Nullable String rrule,
        List<LocalDateTime> exdates,
        Scope scope,
        List<String> permits) {

    private static final Set<String> CLASSES = Set.of("standard", "normal", "emergency");
    private static final Duration LONGEST = Duration.ofDays(366);

    public EntryDraft {
        exdates = List.copyOf(exdates);
        permits = List.copyOf(permits);
        if (name.isBlank() || name.length() > 200) {
            throw Refusal.incomplete("A window or freeze has a name of at most 200 characters.");
        }
        if (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST) > 0) {
            throw Refusal.incomplete("The duration is longer than nothing and at most 366 days, such as PT4H.");
        }
        if (!CLASSES.containsAll(permits)) {
            throw Refusal.incomplete("permits lists change classes: standard, normal, emergency.");
        }
        refuseGap(start, zoneOf(zone));
        if (rrule != null) {
            Occurrences.check(rrule, start, zoneOf(zone));
        }
    }

    private static ZoneId zoneOf(String zone) {
        try {
            var id = ZoneId.of(zone);
            if (!ZoneId.getAvailableZoneIds().contains(id.getId())) {
                throw Refusal.incomplete(
                        "\"%s\" is an offset, which daylight saving would move; take an IANA name such as Europe/Berlin."
                                .formatted(zone));
            }
            return id;
        } catch (DateTimeException e) {
            throw Refusal.incomplete(
                    "There is no time zone \"%s\"; take an IANA name such as Europe/Berlin.".formatted(zone));
        }
    }

    private static void refuseGap(LocalDateTime start, ZoneId zone) {
        if (zone.getRules().getValidOffsets(start).isEmpty()) {
            var gap = zone.getRules().getTransition(start);
            throw Refusal.incomplete("%s does not exist in %s: the clocks go from %s to %s. Take another time."
                    .formatted(start, zone, gap.getDateTimeBefore(), gap.getDateTimeAfter()));
        }
    }
}
