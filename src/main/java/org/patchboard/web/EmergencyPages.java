package org.patchboard.web;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.List;
import java.util.Set;
import org.patchboard.identity.Reauthentication;
import org.patchboard.lifecycle.engine.Emergencies;
import org.patchboard.rollout.KillSwitch;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What is done when it burns: breaking the glass for one change, and stopping every roll-out. */
@Controller
class EmergencyPages implements Page {

    private static final Set<String> STOPPERS = Set.of("on-call", "change-manager");
    private static final String SWITCH = "/kill-switch";

    private final Emergencies emergencies;
    private final Reauthentication reauthentication;
    private final KillSwitch killSwitch;
    private final Roles roles;

    EmergencyPages(Emergencies emergencies, Reauthentication reauthentication, KillSwitch killSwitch, Roles roles) {
        this.emergencies = emergencies;
        this.reauthentication = reauthentication;
        this.killSwitch = killSwitch;
        this.roles = roles;
    }

    @PostMapping("/changes/{id}/break-glass")
    String breakGlass(
            RedirectAttributes flash,
            Principal principal,
            HttpServletRequest request,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "") String incident,
            @RequestParam(defaultValue = "") String password) {
        var change = Pages.idOf(id);
        return Page.attempt(
                flash, "/changes/" + change, "It is recorded under your name; what it means now stands below.", () -> {
                    if (!reauthentication.confirm(principal.getName(), password, request.getRemoteAddr())) {
                        throw Refusal.incomplete("That is not your password, or there were too many wrong ones.");
                    }
                    emergencies.invoke(change, principal.getName(), reason, incident);
                });
    }

    @GetMapping(SWITCH)
    String killSwitch(Model model, @ModelAttribute("groups") List<String> groups) {
        model.addAttribute("stops", killSwitch.all());
        model.addAttribute("may", groups.stream().anyMatch(STOPPERS::contains));
        return "kill-switch";
    }

    @PostMapping(SWITCH)
    String pull(RedirectAttributes flash, Principal principal, @RequestParam(defaultValue = "") String reason) {
        require(principal);
        return Page.attempt(
                flash,
                SWITCH,
                "Every roll-out is stopped: no further host is started, what runs on one is let finish.",
                () -> killSwitch.pull(reason, Actor.person(principal.getName())));
    }

    @PostMapping("/kill-switch/lift")
    String lift(RedirectAttributes flash, Principal principal, @RequestParam(defaultValue = "") String reason) {
        require(principal);
        return Page.attempt(
                flash,
                SWITCH,
                "Roll-outs may go on; each asks its gate again.",
                () -> killSwitch.lift(reason, Actor.person(principal.getName())));
    }

    private void require(Principal principal) {
        roles.require(principal, STOPPERS, "Those on call and change managers stop every roll-out.");
    }
}
