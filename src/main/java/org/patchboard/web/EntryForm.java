package org.patchboard.web;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.patchboard.schedule.CalendarEntry;
import org.patchboard.schedule.EntryDraft;
import org.patchboard.schedule.Scope;
import org.patchboard.shared.Refusal;

/**
 * A window or freeze as somebody types it; every part is a text, for it is shown again when it is refused.
 *
 * @param start local date-time in the zone, as a browser writes it
 * @param hours length, a decimal number
 * @param repeats {@code once}, {@code daily}, {@code weekly}, {@code monthly} or {@code rule}
 * @param rule RFC 5545, when it repeats by a rule of its own
 * @param until last day on which one begins, or empty
 * @param left local starts that are left out, one a line
 * @param scope {@code all}, {@code maintenance-group}, {@code tag} or {@code asset}
 * @param value what of that kind
 * @param permits change classes that a freeze lets pass
 */
record EntryForm(
        String name,
        String zone,
        String start,
        String hours,
        String repeats,
        String rule,
        String until,
        String left,
        String scope,
        String value,
        List<String> permits) {

    private static final int MINUTES = 60;
    private static final int WEEK = 7;
    private static final int LAST = 5;
    private static final DateTimeFormatter BASIC_DAY = DateTimeFormatter.BASIC_ISO_DATE;
    private static final Pattern UNTIL = Pattern.compile(";UNTIL=(\\d{8})$");

    EntryForm(
            @Nullable String name,
            @Nullable String zone,
            @Nullable String start,
            @Nullable String hours,
            @Nullable String repeats,
            @Nullable String rule,
            @Nullable String until,
            @Nullable String left,
            @Nullable String scope,
            @Nullable String value,
            @Nullable List<String> permits) {
        this.name = text(name);
        this.zone = text(zone);
        this.start = text(start);
        this.hours = text(hours);
        this.repeats = text(repeats);
        this.rule = text(rule);
        this.until = text(until);
        this.left = text(left);
        this.scope = text(scope);
        this.value = text(value);
        this.permits = permits == null ? List.of() : List.copyOf(permits);
    }

    private static String text(@Nullable String typed) {
        return typed == null ? "" : typed.strip();
    }

    /** What somebody begins with. */
    static EntryForm empty(ZoneId zone) {
        return new EntryForm("", zone.getId(), "", "4", "once", "", "", "", "maintenance-group", "", List.of());
    }

    static EntryForm of(CalendarEntry entry) {
        var content = entry.content();
        var rule = content.rrule() == null ? "" : content.rrule().toUpperCase(Locale.ROOT);
        var until = UNTIL.matcher(rule);
        var day = until.find() ? LocalDate.parse(until.group(1), BASIC_DAY).toString() : "";
        var bare = until.replaceFirst("");
        var repeats = List.of("daily", "weekly", "monthly").stream()
                .filter(kind -> bare.equals(recurrence(kind, content.start())))
                .findFirst()
                .orElse(rule.isEmpty() ? "once" : "rule");
        return new EntryForm(
                content.name(),
                content.zone(),
                content.start().toString(),
                Double.toString(content.duration().toMinutes() / (double) MINUTES)
                        .replaceFirst("\\.0$", ""),
                repeats,
                repeats.equals("rule") ? rule : "",
                repeats.equals("rule") ? "" : day,
                String.join(
                        "\n",
                        content.exdates().stream().map(LocalDateTime::toString).toList()),
                content.scope().kind().word(),
                content.scope().value(),
                content.permits());
    }

    /** @throws Refusal that says which part cannot be taken, and what would be */
    EntryDraft draft() {
        var first = parsed(start, LocalDateTime::parse, "Give the day and the hour at which it begins first.");
        return new EntryDraft(
                name,
                zone,
                first,
                length(),
                rrule(first),
                left.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .map(line -> parsed(
                                line.replace(' ', 'T'),
                                LocalDateTime::parse,
                                "What is left out is a day and an hour on each line, such as 2027-03-27 22:00, and not \""
                                        + line + "\"."))
                        .toList(),
                coverage(),
                permits);
    }

    private Duration length() {
        var number = parsed(
                hours.replace(',', '.'), Double::valueOf, "Give the length as a number of hours, such as 4 or 1.5.");
        return Duration.ofMinutes(Math.round(number * MINUTES));
    }

    private @Nullable String rrule(LocalDateTime first) {
        var bare = repeats.equals("rule") ? rule : recurrence(repeats, first);
        if (bare.isEmpty()) {
            if (repeats.equals("rule")) {
                throw Refusal.incomplete("Write the rule, such as FREQ=MONTHLY;BYDAY=2TU, or choose how it repeats.");
            }
            return null;
        }
        if (until.isEmpty()) {
            return bare;
        }
        var last = parsed(until, LocalDate::parse, "The last day is a day such as 2027-12-31, or empty.");
        if (last.isBefore(first.toLocalDate())) {
            throw Refusal.incomplete("The last day is before the first.");
        }
        return bare + ";UNTIL=" + BASIC_DAY.format(last);
    }

    /** Empty for {@code once}. The second Tuesday stays the second Tuesday; a fifth is taken as the last. */
    private static String recurrence(String repeats, LocalDateTime first) {
        var day = first.getDayOfWeek().name().substring(0, 2);
        var which = (first.getDayOfMonth() - 1) / WEEK + 1;
        return switch (repeats) {
            case "daily" -> "FREQ=DAILY";
            case "weekly" -> "FREQ=WEEKLY;BYDAY=" + day;
            case "monthly" -> "FREQ=MONTHLY;BYDAY=" + (which == LAST ? -1 : which) + day;
            default -> "";
        };
    }

    private Scope coverage() {
        if (!scope.equals("all") && value.isEmpty()) {
            throw Refusal.incomplete("Say which group, tag or asset it is for, or choose everything.");
        }
        return switch (scope) {
            case "all" -> Scope.all();
            case "maintenance-group" -> Scope.maintenanceGroup(value);
            case "tag" -> Scope.tag(value);
            case "asset" -> Scope.asset(value);
            default -> throw Refusal.incomplete("Choose what it is for.");
        };
    }

    private static <T> T parsed(String text, Function<String, T> parser, String sentence) {
        try {
            return parser.apply(text);
        } catch (DateTimeException | NumberFormatException e) {
            throw Refusal.incomplete(sentence);
        }
    }
}
