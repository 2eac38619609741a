package org.patchboard.web.api;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.patchboard.schedule.CalendarEntry;
import org.patchboard.schedule.EntryDraft;
import org.patchboard.schedule.Scope;
import org.patchboard.shared.Refusal;

/**
 * A window or freeze.
 *
 * @param start local date-time in {@code zone}
 * @param duration ISO 8601
 */
record EntryBody(
        @Nullable Long id,
        @Nullable String name,
        @Nullable String zone,
        @Nullable String start,
        @Nullable String duration,
        @Nullable String rrule,
        @Nullable List<String> exdates,
        @Nullable ScopeBody scope,
        @Nullable List<String> permits) {

    /** Exactly one of the four. */
    record ScopeBody(
            @Nullable Boolean all,
            @Nullable String maintenanceGroup,
            @Nullable String tag,
            @Nullable String asset) {

        static ScopeBody of(Scope scope) {
            return new ScopeBody(
                    scope.kind() == Scope.Kind.ALL ? true : null,
                    scope.kind() == Scope.Kind.MAINTENANCE_GROUP ? scope.value() : null,
                    scope.kind() == Scope.Kind.TAG ? scope.value() : null,
                    scope.kind() == Scope.Kind.ASSET ? scope.value() : null);
        }

        Scope scope() {
            var named = Stream.of(maintenanceGroup, tag, asset)
                    .filter(value -> value != null)
                    .count();
            if (named + (Boolean.TRUE.equals(all) ? 1 : 0) != 1) {
                throw Refusal.incomplete("scope has exactly one of all, maintenanceGroup, tag and asset.");
            }
            if (maintenanceGroup != null) {
                return Scope.maintenanceGroup(maintenanceGroup);
            }
            if (tag != null) {
                return Scope.tag(tag);
            }
            return asset == null ? Scope.all() : Scope.asset(asset);
        }
    }

    static EntryBody of(CalendarEntry entry) {
        var content = entry.content();
        return new EntryBody(
                entry.id(),
                content.name(),
                content.zone(),
                content.start().toString(),
                content.duration().toString(),
                content.rrule(),
                content.exdates().stream().map(LocalDateTime::toString).toList(),
                ScopeBody.of(content.scope()),
                content.permits());
    }

    EntryDraft draft() {
        return new EntryDraft(
                required("name", name),
                required("zone", zone),
                parsed("start", required("start", start), LocalDateTime::parse, "2027-03-27T22:00"),
                parsed("duration", required("duration", duration), Duration::parse, "PT4H"),
                rrule == null || rrule.isBlank() ? null : rrule,
                exdates == null
                        ? List.of()
                        : exdates.stream()
                                .map(date -> parsed("exdates", date, LocalDateTime::parse, "2027-03-27T22:00"))
                                .toList(),
                required("scope", scope).scope(),
                permits == null ? List.of() : permits);
    }

    private static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw Refusal.incomplete(field + " is missing.");
        }
        return value;
    }

    private static <T> T parsed(String field, String text, Function<String, T> parser, String example) {
        try {
            return parser.apply(text);
        } catch (DateTimeException e) {
            throw Refusal.incomplete("%s is not like %s: \"%s\".".formatted(field, example, text));
        }
    }
}
