package org.patchboard.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Date;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.patchboard.shared.Moments;

/** Writes instants in the reader's zone, with UTC beside. */
public final class Times {

    private static final Map<String, String> DAYS = Map.of(
            "MO",
            "Monday",
            "TU",
            "Tuesday",
            "WE",
            "Wednesday",
            "TH",
            "Thursday",
            "FR",
            "Friday",
            "SA",
            "Saturday",
            "SU",
            "Sunday");
    private static final Map<String, String> ORDINALS =
            Map.of("1", "first", "2", "second", "3", "third", "4", "fourth", "-1", "last");

    private final ZoneId zone;
    private final Clock clock;

    Times(ZoneId zone, Clock clock) {
        this.zone = zone;
        this.clock = clock;
    }

    public String local(@Nullable Instant instant) {
        return instant == null ? "–" : Moments.in(zone, instant);
    }

    /** Of an instant, or of a moment as a row of a table carries it. */
    public @Nullable Instant of(@Nullable Object moment) {
        if (moment instanceof Date date) {
            return date.toInstant();
        }
        if (moment instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        if (moment == null || moment instanceof Instant) {
            return (Instant) moment;
        }
        throw new IllegalArgumentException("no moment: " + moment.getClass());
    }

    /** "30 min", "4 h", "3 days". */
    public String length(@Nullable Duration length) {
        if (length == null) {
            return "–";
        }
        if (length.toHours() < 1) {
            return length.toMinutes() + " min";
        }
        return length.toHours() < 72 ? length.toHours() + " h" : length.toDays() + " days";
    }

    /** An RFC 5545 rule as a person says it, as far as windows use one; anything rarer as it is written. */
    public String recurrence(@Nullable String rule) {
        if (rule == null) {
            return "once";
        }
        var parts = Arrays.stream(rule.toUpperCase(Locale.ROOT).split(";", -1))
                .map(part -> part.split("=", 2))
                .filter(part -> part.length == 2)
                .collect(Collectors.toMap(part -> part[0], part -> part[1], (one, other) -> one));
        if (!Set.of("FREQ", "BYDAY", "UNTIL").containsAll(parts.keySet())) {
            return rule;
        }
        var every = Map.of(
                        "DAILY", "every day", "WEEKLY", "every week", "MONTHLY", "every month", "YEARLY", "every year")
                .getOrDefault(parts.getOrDefault("FREQ", ""), rule);
        var days = parts.containsKey("BYDAY")
                ? " on "
                        + Arrays.stream(parts.get("BYDAY").split(",", -1))
                                .map(Times::day)
                                .collect(Collectors.joining(", "))
                : "";
        var until = parts.containsKey("UNTIL")
                ? " until " + parts.get("UNTIL").replaceFirst("(\\d{4})(\\d\\d)(\\d\\d).*", "$1-$2-$3")
                : "";
        return every + days + until;
    }

    private static String day(String written) {
        var name = DAYS.getOrDefault(written.substring(Math.max(0, written.length() - 2)), written);
        var which = written.substring(0, Math.max(0, written.length() - 2));
        return which.isEmpty() ? name : ORDINALS.getOrDefault(which, which + ".") + " " + name;
    }

    public ZoneId zone() {
        return zone;
    }

    public String utc(@Nullable Instant instant) {
        return instant == null ? "" : Moments.utc(instant);
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
