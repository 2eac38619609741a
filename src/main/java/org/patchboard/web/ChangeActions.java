package org.patchboard.web;

import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.patchboard.change.ChangeRecord;
import org.patchboard.change.ChangeState;
import org.patchboard.lifecycle.engine.ChangeProcesses;
import org.patchboard.lifecycle.engine.RolloutControl;
import org.patchboard.report.Candidates;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What is done to a change outside the tasks: opened by hand, withdrawn, halted, let go on, taken back. */
@Controller
class ChangeActions implements Page {

    static final Set<String> REQUESTERS = Set.of("vulnerability-analyst", "patch-coordinator", "asset-owner");
    private static final Set<String> WITHDRAWERS = Set.of("patch-coordinator", "change-manager");
    private static final Set<String> HALTERS = Set.of("on-call", "change-manager");
    private static final String ON_CALL = "on-call";

    private final ChangeProcesses processes;
    private final RolloutControl control;
    private final Candidates candidates;
    private final Roles roles;

    ChangeActions(ChangeProcesses processes, RolloutControl control, Candidates candidates, Roles roles) {
        this.processes = processes;
        this.control = control;
        this.candidates = candidates;
        this.roles = roles;
    }

    /**
     * A button.
     *
     * @param path below the change's page
     * @param tone Bootstrap's word for how it looks
     */
    record Action(String path, String label, String tone) {}

    /**
     * What somebody of these groups can do to the change as it stands.
     *
     * @param halted whether one of its rings is halted and not being taken back already
     */
    static List<Action> of(ChangeRecord change, boolean halted, List<String> groups) {
        var actions = new ArrayList<Action>();
        if (change.state() == ChangeState.ROLLING_OUT && groups.stream().anyMatch(HALTERS::contains)) {
            actions.add(new Action("halt", "Halt the roll-out", "danger"));
        }
        if (change.state() == ChangeState.HALTED && halted && groups.contains(ON_CALL)) {
            actions.add(new Action("resume", "Let it go on", "primary"));
            actions.add(new Action("roll-back", "Roll back", "danger"));
        }
        if (change.state().next().contains(ChangeState.WITHDRAWN)
                && groups.stream().anyMatch(WITHDRAWERS::contains)) {
            actions.add(new Action("withdraw", "Withdraw the change", "outline-danger"));
        }
        return actions;
    }

    @GetMapping("/changes/new")
    String form(Model model, Principal principal) {
        roles.require(principal, REQUESTERS, "Analysts, coordinators and owners ask for changes.");
        model.addAttribute("candidates", candidates.worst());
        return "change-new";
    }

    @PostMapping("/changes")
    String open(
            RedirectAttributes flash,
            Principal principal,
            @RequestParam(defaultValue = "") String what,
            @RequestParam(defaultValue = "") String title,
            @RequestParam(defaultValue = "") String reason) {
        roles.require(principal, REQUESTERS, "Analysts, coordinators and owners ask for changes.");
        var parts = what.split("\\|", 2);
        if (parts.length != 2 || reason.isBlank()) {
            return Page.attempt(flash, "/changes/new", "", () -> {
                throw Refusal.incomplete(
                        parts.length == 2
                                ? "Give the reason for the change."
                                : "Choose what is to be patched, and where.");
            });
        }
        var named =
                title.isBlank() ? "Update %s for %s".formatted(parts[1].replaceFirst("^[^/]*/", ""), parts[0]) : title;
        try {
            var id = processes.open(parts[1], parts[0], named, reason, Actor.person(principal.getName()));
            return "redirect:/changes/" + id;
        } catch (Refusal refusal) {
            return Page.attempt(flash, "/changes/new", "", () -> {
                throw refusal;
            });
        }
    }

    @PostMapping("/changes/{id}/halt")
    String halt(RedirectAttributes flash, Principal principal, @PathVariable String id, @RequestParam String reason) {
        return Page.attempt(
                flash,
                "/changes/" + Pages.idOf(id),
                "The roll-out is halted; those on call decide what becomes of the ring.",
                () -> control.halt(Pages.idOf(id), Actor.person(principal.getName()), reason));
    }

    @PostMapping("/changes/{id}/resume")
    String resume(RedirectAttributes flash, Principal principal, @PathVariable String id, @RequestParam String reason) {
        return Page.attempt(
                flash,
                "/changes/" + Pages.idOf(id),
                "The gate is asked, then the roll-out goes on with the hosts that are not done.",
                () -> control.resume(Pages.idOf(id), Actor.person(principal.getName()), reason));
    }

    @PostMapping("/changes/{id}/roll-back")
    String rollBack(
            RedirectAttributes flash, Principal principal, @PathVariable String id, @RequestParam String reason) {
        return Page.attempt(
                flash,
                "/changes/" + Pages.idOf(id),
                "The ring is being taken back to the versions from before.",
                () -> control.rollBack(Pages.idOf(id), Actor.person(principal.getName()), reason));
    }

    @PostMapping("/changes/{id}/withdraw")
    String withdraw(
            RedirectAttributes flash, Principal principal, @PathVariable String id, @RequestParam String reason) {
        roles.require(principal, WITHDRAWERS, "Coordinators and change managers withdraw changes.");
        return Page.attempt(
                flash,
                "/changes/" + Pages.idOf(id),
                "The change is withdrawn.",
                () -> processes.withdraw(Pages.idOf(id), reason, Actor.person(principal.getName())));
    }
}
