package org.patchboard.web;

import java.security.Principal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.patchboard.change.Changes;
import org.patchboard.exception.NewExceptionRequest;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.patchboard.report.ChangeStory;
import org.patchboard.report.ExceptionViews;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.EndOfDay;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Asking for a risk exception, following one, and ending one before its time. Deciding on it is a task. */
@Controller
class ExceptionPages implements Page {

    static final Set<String> ASKERS = Set.of("vulnerability-analyst", "patch-coordinator", "asset-owner");
    private static final Set<String> ENDERS = Set.of("risk-owner", "security-representative", "change-manager");
    private static final String ONLY_ASKERS = "Analysts, coordinators and owners ask for exceptions.";
    private static final String NEW = "/exceptions/new?change=";

    private final ExceptionProcesses processes;
    private final ExceptionViews views;
    private final Changes changes;
    private final ChangeStory story;
    private final Roles roles;

    ExceptionPages(
            ExceptionProcesses processes, ExceptionViews views, Changes changes, ChangeStory story, Roles roles) {
        this.processes = processes;
        this.views = views;
        this.changes = changes;
        this.story = story;
        this.roles = roles;
    }

    @GetMapping("/exceptions/new")
    String form(
            Model model,
            Principal principal,
            @RequestParam(defaultValue = "") String change,
            @RequestParam(required = false) @Nullable Long renews) {
        roles.require(principal, ASKERS, ONLY_ASKERS);
        model.addAttribute(
                "open",
                changes.page(new Changes.ChangeFilter(null, null, null, null), 0, 200).items().stream()
                        .filter(record -> record.state().isOpen())
                        .toList());
        model.addAttribute("wanted", change);
        model.addAttribute(
                "renewed", renews == null ? null : views.request(renews).orElse(null));
        model.addAttribute(
                "hosts",
                change.isBlank() ? List.of() : story.part(Pages.idOf(change).value(), "scope"));
        return "exception-new";
    }

    /** A large change has a field for names instead of a box for each. */
    private static List<String> named(List<String> chosen, String written) {
        return Stream.concat(chosen.stream(), Stream.of(written.split("[\\s,;]+")))
                .filter(name -> !name.isBlank())
                .distinct()
                .toList();
    }

    @PostMapping("/exceptions")
    String ask(
            RedirectAttributes flash,
            Principal principal,
            @ModelAttribute("times") Times times,
            @RequestParam(defaultValue = "") String change,
            @RequestParam(defaultValue = "") List<String> hosts,
            @RequestParam(defaultValue = "") String hostNames,
            @RequestParam(defaultValue = "") String kind,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "") String control,
            @RequestParam(defaultValue = "") String controlCheck,
            @RequestParam(defaultValue = "") String vex,
            @RequestParam(defaultValue = "") String exitPlan,
            @RequestParam(defaultValue = "") String until,
            @RequestParam(required = false) @Nullable Long renews) {
        roles.require(principal, ASKERS, ONLY_ASKERS);
        var id = Pages.idOf(change);
        try {
            var request = processes.ask(
                    new NewExceptionRequest(
                            id,
                            processes.assets(id, named(hosts, hostNames)),
                            kind,
                            reason,
                            control,
                            kind.equals("not-affected") ? vex : "",
                            exitPlan,
                            endOf(until, times.zone()),
                            endOf(controlCheck, times.zone()),
                            renews),
                    Actor.person(principal.getName()));
            return Page.attempt(
                    flash, "/exceptions/" + request, "It is asked for; security gives an opinion first.", () -> {});
        } catch (Refusal refusal) {
            return again(flash, id, renews, refusal);
        }
    }

    private static String again(RedirectAttributes flash, ChangeId change, @Nullable Long renews, Refusal refusal) {
        return Page.attempt(flash, NEW + change + (renews == null ? "" : "&renews=" + renews), "", () -> {
            throw refusal;
        });
    }

    @GetMapping("/exceptions/{request:\\d{1,15}}")
    String one(Model model, @ModelAttribute("groups") List<String> groups, @PathVariable long request) {
        var found = views.request(request)
                .orElseThrow(() -> Refusal.unknown("There is no request " + request + " for an exception."));
        model.addAttribute("q", found);
        model.addAttribute("granted", views.granted(request));
        model.addAttribute("ended", views.ended(request));
        model.addAttribute("happened", views.story(request));
        var inForce = found.state().equals("in force");
        model.addAttribute("mayEnd", inForce && groups.stream().anyMatch(ENDERS::contains));
        model.addAttribute(
                "mayRenew",
                inForce && found.renewedBy() == null && groups.stream().anyMatch(ASKERS::contains));
        return "exception";
    }

    @PostMapping("/exceptions/{request:\\d{1,15}}/revoke")
    String revoke(
            RedirectAttributes flash,
            Principal principal,
            @PathVariable long request,
            @RequestParam(defaultValue = "") String reason) {
        roles.require(
                principal, ENDERS, "Risk owners, security representatives and change managers end an exception early.");
        return Page.attempt(flash, "/exceptions/" + request, "It is over; what it covered counts again.", () -> {
            if (reason.isBlank()) {
                throw Refusal.incomplete("Say why it ends before its time.");
            }
            processes.revoke(request, reason, Actor.person(principal.getName()));
        });
    }

    /** The end of a day where the reader is; null when the field was left empty. */
    private static @Nullable Instant endOf(String day, ZoneId zone) {
        if (day.isBlank()) {
            return null;
        }
        try {
            return EndOfDay.of(day, zone);
        } catch (DateTimeException e) {
            throw Refusal.incomplete("\"" + day + "\" is no day; write 2027-01-31.");
        }
    }
}
