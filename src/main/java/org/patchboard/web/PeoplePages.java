package org.patchboard.web;

import java.security.Principal;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.patchboard.identity.Directory;
import org.patchboard.identity.People;
import org.patchboard.identity.Person;
import org.patchboard.identity.Team;
import org.patchboard.identity.Tokens;
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

/** People, their memberships and substitutes with dates; oneself with password and tokens. */
@Controller
class PeoplePages implements Page {

    private static final Duration TOKEN_LIFE = Duration.ofDays(90);

    private final People people;
    private final Directory directory;
    private final Tokens tokens;
    private final Clock clock;

    PeoplePages(People people, Directory directory, Tokens tokens, Clock clock) {
        this.people = people;
        this.directory = directory;
        this.tokens = tokens;
        this.clock = clock;
    }

    @GetMapping("/people")
    String everybody(Model model, Principal principal, @RequestParam(defaultValue = "") String text) {
        administratorOrAuditor(principal);
        var wanted = text.strip().toLowerCase(Locale.ROOT);
        model.addAttribute("text", text);
        model.addAttribute("mayChange", people.isMember(principal.getName(), Team.ADMINISTRATORS));
        model.addAttribute(
                "people",
                directory.entries().stream()
                        .filter(entry -> (entry.person().login() + " "
                                        + entry.person().name())
                                .toLowerCase(Locale.ROOT)
                                .contains(wanted))
                        .toList());
        return "people";
    }

    @PostMapping("/people")
    String add(
            Model model,
            Principal principal,
            @RequestParam String login,
            @RequestParam String name,
            @RequestParam String mail,
            @RequestParam String zone) {
        var password = Directory.randomPassword();
        try {
            directory.add(login, name, mail, zone.isBlank() ? "UTC" : zone, password, true, administrator(principal));
            note(model, name + " can sign in once with the password " + password + " and then takes one of their own.");
        } catch (Refusal refusal) {
            sayWhy(model, refusal);
            return everybody(model, principal, "");
        }
        return person(model, principal, login);
    }

    @GetMapping("/people/{login}")
    String person(Model model, Principal principal, @PathVariable String login) {
        administratorOrAuditor(principal);
        var entry = directory.entries().stream()
                .filter(candidate -> candidate.person().login().equals(login))
                .findFirst()
                .orElseThrow(() -> Refusal.unknown("There is no person " + login + "."));
        model.addAttribute("entry", entry);
        model.addAttribute("mayChange", people.isMember(principal.getName(), Team.ADMINISTRATORS));
        model.addAttribute("themselves", principal.getName().equals(login));
        model.addAttribute(
                "teams",
                people.teams(new People.TeamFilter(null, null, null, null, null), new People.Part("t.name", 0, 100)));
        model.addAttribute("others", others(login));
        return "person";
    }

    @PostMapping("/people/{login}/memberships")
    String grant(
            RedirectAttributes flash,
            Principal principal,
            @ModelAttribute("times") Times times,
            @PathVariable String login,
            @RequestParam String team,
            @RequestParam(defaultValue = "") String from,
            @RequestParam(defaultValue = "") String to) {
        var actor = administrator(principal);
        return Page.attempt(
                flash,
                page(login),
                "The membership is recorded.",
                () -> directory.grant(login, team, moment(from, times.zone()), moment(to, times.zone()), actor));
    }

    @PostMapping("/people/{login}/memberships/{team}/end")
    String end(RedirectAttributes flash, Principal principal, @PathVariable String login, @PathVariable String team) {
        var actor = administrator(principal);
        return Page.attempt(
                flash, page(login), "The membership has ended.", () -> directory.revoke(login, team, actor));
    }

    @PostMapping("/people/{login}/substitutions")
    String substitute(
            RedirectAttributes flash,
            Principal principal,
            @ModelAttribute("times") Times times,
            @PathVariable String login,
            @RequestParam String substitute,
            @RequestParam String from,
            @RequestParam String to) {
        var actor = administrator(principal);
        return Page.attempt(
                flash,
                page(login),
                "The substitution is recorded.",
                () -> directory.substitute(
                        login, substitute, required(from, times.zone()), required(to, times.zone()), actor));
    }

    @PostMapping("/people/{login}/substitutions/{id}/approve")
    String approve(
            RedirectAttributes flash,
            Principal principal,
            @PathVariable String login,
            @PathVariable long id,
            @RequestParam(defaultValue = "") String from) {
        approver(principal);
        var actor = Actor.person(principal.getName());
        return Page.attempt(
                flash,
                from.equals("all") ? "/substitutions" : page(login),
                "It is in force in its time.",
                () -> directory.approveSubstitution(login, id, actor));
    }

    /** Who stands in for whom, and what waits for a third person. */
    @GetMapping("/substitutions")
    String substitutions(Model model, Principal principal) {
        approver(principal);
        model.addAttribute("substitutions", directory.substitutions());
        model.addAttribute("login", principal.getName());
        return "substitutions";
    }

    @PostMapping("/people/{login}/disable")
    String disable(RedirectAttributes flash, Principal principal, @PathVariable String login) {
        var actor = administrator(principal);
        return Page.attempt(
                flash,
                page(login),
                "They are out from their next click on.",
                () -> directory.enable(login, false, actor));
    }

    @PostMapping("/people/{login}/enable")
    String enable(RedirectAttributes flash, Principal principal, @PathVariable String login) {
        var actor = administrator(principal);
        return Page.attempt(flash, page(login), "They can sign in again.", () -> directory.enable(login, true, actor));
    }

    @PostMapping("/people/{login}/password")
    String reset(Model model, Principal principal, @PathVariable String login) {
        var actor = administrator(principal);
        var password = Directory.randomPassword();
        directory.resetPassword(login, password, actor);
        note(model, login + " can sign in once with the password " + password + " and then takes one of their own.");
        return person(model, principal, login);
    }

    @GetMapping({"/people/me", "/people/me/password"})
    String me(Model model, Principal principal) {
        var login = principal.getName();
        model.addAttribute("mustChange", directory.mustChangePassword(login));
        model.addAttribute("memberships", directory.memberships(login));
        model.addAttribute("substitutions", directory.substitutions(login));
        model.addAttribute("others", others(login));
        model.addAttribute("tokens", tokens.of(login));
        return "me";
    }

    @PostMapping("/people/me/password")
    String changePassword(Model model, Principal principal, @RequestParam String old, @RequestParam String wanted) {
        try {
            directory.changePassword(principal.getName(), old, wanted);
            note(model, "Your password is changed.");
        } catch (Refusal refusal) {
            sayWhy(model, refusal);
        }
        return me(model, principal);
    }

    @PostMapping("/people/me/substitutions")
    String ownSubstitute(
            RedirectAttributes flash,
            Principal principal,
            @ModelAttribute("times") Times times,
            @RequestParam String substitute,
            @RequestParam String from,
            @RequestParam String to) {
        var login = principal.getName();
        return Page.attempt(
                flash,
                "/people/me",
                "Your substitute is recorded; a change manager or an administrator approves it.",
                () -> directory.substitute(
                        login,
                        substitute,
                        required(from, times.zone()),
                        required(to, times.zone()),
                        Actor.person(login)));
    }

    @PostMapping("/people/me/tokens")
    String makeToken(Model model, Principal principal, @RequestParam String name) {
        try {
            var token = tokens.make(principal.getName(), name, clock.instant().plus(TOKEN_LIFE));
            note(model, "Your token, shown this once: " + token);
        } catch (Refusal refusal) {
            sayWhy(model, refusal);
        }
        return me(model, principal);
    }

    @PostMapping("/people/me/tokens/{id}/revoke")
    String revokeToken(RedirectAttributes flash, Principal principal, @PathVariable long id) {
        return Page.attempt(
                flash, "/people/me", "The token is worthless now.", () -> tokens.revoke(principal.getName(), id));
    }

    private List<Person> others(String login) {
        return people
                .persons(
                        new People.PersonFilter(null, null, null, null, null, null, null),
                        new People.Part("p.display_name", 0, 500))
                .stream()
                .filter(person -> !person.login().equals(login))
                .toList();
    }

    private Actor administrator(Principal principal) {
        if (!people.isMember(principal.getName(), Team.ADMINISTRATORS)) {
            throw Refusal.forbidden("Only an administrator keeps people and memberships.");
        }
        return Actor.person(principal.getName());
    }

    private void approver(Principal principal) {
        if (!people.isMember(principal.getName(), "change-manager")
                && !people.isMember(principal.getName(), Team.ADMINISTRATORS)) {
            throw Refusal.forbidden("Administrators and change managers approve substitutions.");
        }
    }

    private void administratorOrAuditor(Principal principal) {
        if (!people.isMember(principal.getName(), Team.AUDITORS)) {
            administrator(principal);
        }
    }

    private static String page(String login) {
        return "/people/" + login;
    }

    /** What a date-time field of a form holds; null when it was left empty. */
    private static @Nullable Instant moment(String local, ZoneId zone) {
        return local.isBlank() ? null : required(local, zone);
    }

    private static Instant required(String local, ZoneId zone) {
        try {
            return LocalDateTime.parse(local).atZone(zone).toInstant();
        } catch (DateTimeException e) {
            throw Refusal.incomplete("\"" + local + "\" is no day and time; write 2026-12-01T08:00.");
        }
    }

    private static void note(Model model, String note) {
        model.addAttribute(NOTE, note);
        model.addAttribute(NOTE_BAD, false);
    }

    private static void sayWhy(Model model, Refusal refusal) {
        model.addAttribute(NOTE, refusal.getMessage());
        model.addAttribute(NOTE_BAD, true);
    }
}
