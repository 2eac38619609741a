package org.patchboard.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes instants in the reader's zone, with UTC beside. */
public final class Times {

    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm zzz", Locale.ENGLISH);
    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ENGLISH);

    private final ZoneId zone;
    private final Clock clock;

    Times(ZoneId zone, Clock clock) {
        this.zone = zone;
        this.clock = clock;
    }

    public String local(@Nullable Instant instant) {
        return instant == null ? "–" : LOCAL.format(instant.atZone(zone));
    }

    public String utc(@Nullable Instant instant) {
        return instant == null ? "" : UTC.format(instant.atOffset(ZoneOffset.UTC));
    }

    /** "in 3 days", "2 hours ago". */
    public String distance(@Nullable Instant instant) {
        if (instant == null) {
            return "";
        }
        var away = Duration.between(clock.instant(), instant);
        var length = away.abs();
        var words = length.toDays() > 1
                ? length.toDays() + " days"
                : length.toHours() > 1 ? length.toHours() + " hours" : Math.max(1, length.toMinutes()) + " minutes";
        return away.isNegative() ? words + " ago" : "in " + words;
    }

    public boolean isPast(@Nullable Instant instant) {
        return instant != null && instant.isBefore(clock.instant());
    }
}
