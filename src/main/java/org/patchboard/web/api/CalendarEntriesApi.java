package org.patchboard.web.api;

import java.security.Principal;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.patchboard.identity.Team;
import org.patchboard.schedule.CalendarEntry;
import org.patchboard.schedule.CalendarKeeper;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Slice;
import org.patchboard.web.Roles;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;

/** What windows and freezes have in common. Everybody signed in reads them; change managers and administrators keep them. */
abstract class CalendarEntriesApi {

    private static final Set<String> KEEPERS = Set.of("change-manager", Team.ADMINISTRATORS);

    private static final Comparator<CalendarEntry> BY_NAME =
            Comparator.comparing(entry -> entry.content().name());
    private static final Comparator<CalendarEntry> BY_START =
            Comparator.comparing(entry -> entry.content().start());

    private static final Map<String, Comparator<CalendarEntry>> SORTS = Map.of(
            "name", BY_NAME, "name,desc", BY_NAME.reversed(), "start", BY_START, "start,desc", BY_START.reversed());

    private final CalendarKeeper entries;
    private final Roles roles;

    CalendarEntriesApi(CalendarKeeper entries, Roles roles) {
        this.entries = entries;
        this.roles = roles;
    }

    @GetMapping
    Slice<EntryBody> list(
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            @RequestParam(defaultValue = "name") String sort) {
        Slice.checkBounds(page, size);
        var all = entries.all();
        var items = all.stream()
                .sorted(order(sort))
                .skip((long) page * size)
                .limit(size)
                .map(EntryBody::of)
                .toList();
        return new Slice<>(items, page, size, all.size());
    }

    @GetMapping("/{id}")
    EntryBody one(@PathVariable long id) {
        return EntryBody.of(entries.get(id));
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    EntryBody add(@RequestBody EntryBody body, Principal principal) {
        var keeper = keeper(principal);
        return EntryBody.of(entries.add(body.draft(), keeper));
    }

    @PutMapping("/{id}")
    EntryBody change(@PathVariable long id, @RequestBody EntryBody body, Principal principal) {
        var keeper = keeper(principal);
        return EntryBody.of(entries.change(id, body.draft(), keeper));
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable long id, Principal principal) {
        entries.remove(id, keeper(principal));
    }

    private Actor keeper(Principal principal) {
        return roles.require(
                principal, KEEPERS, "Only a change manager or an administrator keeps windows and freezes.");
    }

    private static Comparator<CalendarEntry> order(String wanted) {
        var order = SORTS.get(wanted);
        if (order == null) {
            throw Refusal.incomplete("sort is one of " + String.join(", ", new TreeSet<>(SORTS.keySet())) + ".");
        }
        return order;
    }
}
