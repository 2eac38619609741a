package org.patchboard.web;

import java.security.Principal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.patchboard.approval.Licences;
import org.patchboard.shared.Actor;
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

/** Licences for standard changes: what they cover, what is left of them, and the vote on a new one. */
@Controller
class LicencePages implements Page {

    static final Set<String> PROPOSERS = Set.of("patch-coordinator", "change-manager");
    private static final Set<String> VOTERS = Set.of("cab", "security-representative");
    private static final String PAGE = "/licences";

    private final Licences licences;
    private final Roles roles;

    LicencePages(Licences licences, Roles roles) {
        this.licences = licences;
        this.roles = roles;
    }

    @GetMapping(PAGE)
    String all(
            Model model,
            @ModelAttribute("groups") List<String> groups,
            @RequestParam(defaultValue = "") String change) {
        model.addAttribute("licences", licences.all());
        model.addAttribute("wanted", change);
        model.addAttribute("mayAsk", groups.stream().anyMatch(PROPOSERS::contains));
        model.addAttribute("mayVote", groups.stream().anyMatch(VOTERS::contains));
        return "licences";
    }

    @PostMapping(PAGE)
    String propose(
            RedirectAttributes flash,
            Principal principal,
            @ModelAttribute("times") Times times,
            @RequestParam(defaultValue = "") String change,
            @RequestParam(defaultValue = "0") int uses,
            @RequestParam(defaultValue = "") String until) {
        var actor = roles.require(principal, PROPOSERS, "Coordinators and change managers propose licences.");
        return Page.attempt(
                flash,
                PAGE,
                "It is proposed; three of the board decide, security among them.",
                () -> licences.propose(Pages.idOf(change), uses, endOf(until, times.zone()), actor));
    }

    @PostMapping("/licences/{id}/votes")
    String vote(
            RedirectAttributes flash,
            Principal principal,
            @PathVariable long id,
            @RequestParam(defaultValue = "") String decision,
            @RequestParam(defaultValue = "") String comment) {
        return Page.attempt(flash, PAGE, "Your vote is recorded.", () -> {
            if (!decision.equals("approve") && !decision.equals("reject")) {
                throw Refusal.incomplete("A vote on a licence is approve or reject.");
            }
            licences.vote(id, decision.equals("approve"), comment, Actor.person(principal.getName()));
        });
    }

    private static Instant endOf(String day, ZoneId zone) {
        try {
            return EndOfDay.of(day, zone);
        } catch (DateTimeException e) {
            throw Refusal.incomplete("Say until when, as a day: 2027-01-31.");
        }
    }
}
