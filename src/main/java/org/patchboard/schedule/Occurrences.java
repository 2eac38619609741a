package org.patchboard.schedule;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.fortuna.ical4j.model.Recur;
import org.patchboard.shared.Refusal;

/**
 * Expands recurrences: in local time first, to instants last, so that a window stays at its hour over daylight saving.
 * A local time that a night skips is moved forward by the gap (RFC 5545, 3.3.5), one that comes twice is the earlier;
 * the end is found the same way, so the length of such a night differs.
 */
final class Occurrences {

    private static final Pattern UNTIL = Pattern.compile("UNTIL=(\\d{8})(?:T(\\d{6})(Z?))?");
    private static final Pattern RULE =
            Pattern.compile("(?:[A-Z]+=[A-Z0-9+,-]+)(?:;[A-Z]+=[A-Z0-9+,-]+)*", Pattern.CASE_INSENSITIVE);
    private static final Pattern FREQUENCY = Pattern.compile("FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(?:;|$)");
    private static final DateTimeFormatter BASIC = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss");

    private Occurrences() {}

    /** @throws Refusal when it is no rule, repeats within a day, or its first occurrence is not the start */
    static void check(String rule, LocalDateTime start, ZoneId zone) {
        var upper = rule.toUpperCase(Locale.ROOT);
        if (rule.length() > 500
                || !RULE.matcher(rule).matches()
                || !FREQUENCY.matcher(upper).find()) {
            throw Refusal.incomplete(
                    "The recurrence is an RFC 5545 rule by day, week, month or year, such as FREQ=WEEKLY;BYDAY=SU.");
        }
        if (upper.contains("BYHOUR") || upper.contains("BYMINUTE") || upper.contains("BYSECOND")) {
            throw Refusal.incomplete("A recurrence within the day is not for windows; enter one for each.");
        }
        List<LocalDateTime> first;
        try {
            first = recur(upper, zone).getDates(start, start, start.plusSeconds(1));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw Refusal.incomplete("The recurrence \"%s\" cannot be read: %s".formatted(rule, e.getMessage()));
        }
        if (!first.contains(start)) {
            throw Refusal.incomplete("The first start %s is not one of the recurrence %s; move it to the first that is."
                    .formatted(start, rule));
        }
    }

    static List<Occurrence> between(CalendarEntry entry, Instant from, Instant to) {
        var content = entry.content();
        var zone = entry.zone();
        // A day to either side: an offset moves a local time by less than that.
        var earliest =
                LocalDateTime.ofInstant(from, zone).minus(content.duration()).minusDays(1);
        var latest = LocalDateTime.ofInstant(to, zone).plusDays(1);
        var starts = content.rrule() == null
                ? List.of(content.start())
                : recur(content.rrule().toUpperCase(Locale.ROOT), zone).getDates(content.start(), earliest, latest);
        return starts.stream()
                .filter(start -> !content.exdates().contains(start))
                .map(start -> new Bounds(instant(start, zone), instant(start.plus(content.duration()), zone)))
                .filter(bounds -> bounds.start().isBefore(bounds.end()))
                .map(bounds -> new Occurrence(entry, bounds.start(), bounds.end()))
                .filter(occurrence -> occurrence.overlaps(from, to))
                .sorted(Comparator.comparing(Occurrence::start))
                .toList();
    }

    private record Bounds(Instant start, Instant end) {}

    private static Instant instant(LocalDateTime local, ZoneId zone) {
        return local.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
    }

    private static Recur<LocalDateTime> recur(String rule, ZoneId zone) {
        var until = UNTIL.matcher(rule);
        return new Recur<>(until.find() ? until.replaceFirst("UNTIL=" + local(until, zone)) : rule);
    }

    /** The library compares UNTIL with the starts, so it has to be local like them. */
    private static String local(Matcher until, ZoneId zone) {
        if (until.group(2) == null) {
            return until.group(1) + "T235959";
        }
        var time = LocalDateTime.parse(until.group(1) + "T" + until.group(2), BASIC);
        return BASIC.format(
                "Z".equals(until.group(3)) ? LocalDateTime.ofInstant(time.toInstant(ZoneOffset.UTC), zone) : time);
    }
}
