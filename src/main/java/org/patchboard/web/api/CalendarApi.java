package org.patchboard.web.api;

import java.security.Principal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.patchboard.identity.People;
import org.patchboard.identity.Team;
import org.patchboard.schedule.CalendarEntry;
import org.patchboard.schedule.CalendarFeed;
import org.patchboard.schedule.EntryDraft;
import org.patchboard.schedule.Freezes;
import org.patchboard.schedule.Scope;
import org.patchboard.schedule.Windows;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Slice;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Windows and freezes. Everybody signed in reads them; change managers and administrators keep them. */
@RestController
@RequestMapping("/api/v1")
class CalendarApi {

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

    private final Windows windows;
    private final Freezes freezes;
    private final CalendarFeed feed;
    private final People people;

    CalendarApi(Windows windows, Freezes freezes, CalendarFeed feed, People people) {
        this.windows = windows;
        this.freezes = freezes;
        this.feed = feed;
        this.people = people;
    }

    @GetMapping("/windows")
    Slice<EntryBody> windows(@RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "50") int size) {
        return slice(windows.all(), page, size);
    }

    @GetMapping("/windows/{id}")
    EntryBody window(@PathVariable long id) {
        return EntryBody.of(windows.get(id));
    }

    @PostMapping("/windows")
    @ResponseStatus(HttpStatus.CREATED)
    EntryBody addWindow(@RequestBody EntryBody body, Principal principal) {
        return EntryBody.of(windows.add(body.draft(), keeper(principal)));
    }

    @PutMapping("/windows/{id}")
    EntryBody changeWindow(@PathVariable long id, @RequestBody EntryBody body, Principal principal) {
        return EntryBody.of(windows.change(id, body.draft(), keeper(principal)));
    }

    @DeleteMapping("/windows/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void removeWindow(@PathVariable long id, Principal principal) {
        windows.remove(id, keeper(principal));
    }

    @GetMapping("/freezes")
    Slice<EntryBody> freezes(@RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "50") int size) {
        return slice(freezes.all(), page, size);
    }

    @GetMapping("/freezes/{id}")
    EntryBody freeze(@PathVariable long id) {
        return EntryBody.of(freezes.get(id));
    }

    @PostMapping("/freezes")
    @ResponseStatus(HttpStatus.CREATED)
    EntryBody addFreeze(@RequestBody EntryBody body, Principal principal) {
        return EntryBody.of(freezes.add(body.draft(), keeper(principal)));
    }

    @PutMapping("/freezes/{id}")
    EntryBody changeFreeze(@PathVariable long id, @RequestBody EntryBody body, Principal principal) {
        return EntryBody.of(freezes.change(id, body.draft(), keeper(principal)));
    }

    @DeleteMapping("/freezes/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void removeFreeze(@PathVariable long id, Principal principal) {
        freezes.remove(id, keeper(principal));
    }

    /** Windows, freezes and booked changes, to subscribe to. */
    @GetMapping(path = "/calendar.ics", produces = "text/calendar;charset=UTF-8")
    String calendar() {
        return feed.text();
    }

    private Actor keeper(Principal principal) {
        var teams = people.teamsOf(principal.getName()).orElse(List.of());
        if (!teams.contains("change-manager") && !teams.contains(Team.ADMINISTRATORS)) {
            throw Refusal.forbidden("Only a change manager or an administrator keeps windows and freezes.");
        }
        return Actor.person(principal.getName());
    }

    private static Slice<EntryBody> slice(List<CalendarEntry> all, int page, int size) {
        Slice.checkBounds(page, size);
        var items = all.stream()
                .skip((long) page * size)
                .limit(size)
                .map(EntryBody::of)
                .toList();
        return new Slice<>(items, page, size, all.size());
    }
}
