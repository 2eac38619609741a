package org.patchboard.web;

import jakarta.servlet.http.HttpServletResponse;
import java.security.Principal;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.identity.People;
import org.patchboard.identity.Team;
import org.patchboard.inventory.MaintenanceGroups;
import org.patchboard.schedule.CalendarKeeper;
import org.patchboard.schedule.Freezes;
import org.patchboard.schedule.Windows;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Windows and freezes are entered, changed and ended. What is refused is shown again as it was typed. */
@Controller
class CalendarEntryPages implements Page {

    private static final Set<String> KEEPERS = Set.of("change-manager", Team.ADMINISTRATORS);

    private final Windows windows;
    private final Freezes freezes;
    private final MaintenanceGroups groups;
    private final People people;

    CalendarEntryPages(Windows windows, Freezes freezes, MaintenanceGroups groups, People people) {
        this.windows = windows;
        this.freezes = freezes;
        this.groups = groups;
        this.people = people;
    }

    static boolean mayKeep(List<String> groups) {
        return groups.stream().anyMatch(KEEPERS::contains);
    }

    @GetMapping("/calendar/{kind:windows|freezes}/new")
    String empty(Model model, Principal principal, @PathVariable String kind, @ModelAttribute("times") Times times) {
        require(principal);
        return form(model, kind, null, EntryForm.empty(times.zone()));
    }

    @GetMapping("/calendar/{kind:windows|freezes}/{id:[0-9]{1,18}}")
    String one(Model model, Principal principal, @PathVariable String kind, @PathVariable long id) {
        require(principal);
        return form(model, kind, id, EntryForm.of(keeper(kind).get(id)));
    }

    @PostMapping("/calendar/{kind:windows|freezes}")
    String add(
            Model model,
            RedirectAttributes flash,
            HttpServletResponse response,
            Principal principal,
            @PathVariable String kind,
            EntryForm entry) {
        var actor = require(principal);
        return kept(
                model, flash, response, kind, null, entry, () -> keeper(kind).add(entry.draft(), actor));
    }

    @PostMapping("/calendar/{kind:windows|freezes}/{id:[0-9]{1,18}}")
    String change(
            Model model,
            RedirectAttributes flash,
            HttpServletResponse response,
            Principal principal,
            @PathVariable String kind,
            @PathVariable long id,
            EntryForm entry) {
        var actor = require(principal);
        keeper(kind).get(id);
        return kept(model, flash, response, kind, id, entry, () -> keeper(kind).change(id, entry.draft(), actor));
    }

    @PostMapping("/calendar/{kind:windows|freezes}/{id:[0-9]{1,18}}/end")
    String end(RedirectAttributes flash, Principal principal, @PathVariable String kind, @PathVariable long id) {
        var actor = require(principal);
        return Page.attempt(
                flash,
                "/calendar",
                "Nothing of it begins any more. Bookings are looked at again before their window opens.",
                () -> keeper(kind).end(id, actor));
    }

    private String kept(
            Model model,
            RedirectAttributes flash,
            HttpServletResponse response,
            String kind,
            @Nullable Long id,
            EntryForm entry,
            Runnable deed) {
        try {
            deed.run();
        } catch (Refusal refusal) {
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            model.addAttribute(NOTE, refusal.getMessage());
            model.addAttribute(NOTE_BAD, true);
            return form(model, kind, id, entry);
        }
        flash.addFlashAttribute(
                NOTE,
                "\"%s\" is in the calendar. Changes that are booked are looked at again before their window opens."
                        .formatted(entry.name()));
        flash.addFlashAttribute(NOTE_BAD, false);
        return "redirect:/calendar";
    }

    private String form(Model model, String kind, @Nullable Long id, EntryForm entry) {
        model.addAttribute("kind", kind);
        var noun = kind.equals("windows") ? "window" : "freeze";
        model.addAttribute("noun", noun);
        model.addAttribute("heading", id == null ? "New " + noun : "The %s %s".formatted(noun, entry.name()));
        model.addAttribute("id", id);
        model.addAttribute("entry", entry);
        model.addAttribute(
                "known",
                groups.all().stream()
                        .map(MaintenanceGroups.MaintenanceGroup::id)
                        .toList());
        return "calendar-entry";
    }

    private CalendarKeeper keeper(String kind) {
        return kind.equals("windows") ? windows : freezes;
    }

    private Actor require(Principal principal) {
        if (!mayKeep(people.teamsOf(principal.getName()).orElse(List.of()))) {
            throw Refusal.forbidden("Only a change manager or an administrator keeps windows and freezes.");
        }
        return Actor.person(principal.getName());
    }
}
