package org.patchboard.web.api;

import java.security.Principal;
import org.patchboard.identity.Directory;
import org.patchboard.identity.Duties;
import org.patchboard.identity.People;
import org.patchboard.identity.Team;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Who did what on a change, whether that was separated, and what the answer rests on: substitutes and second logins. */
@RestController
@RequestMapping("/api/v1")
class DutiesApi {

    private final KnownChanges changes;
    private final Duties duties;
    private final Directory directory;
    private final People people;

    DutiesApi(KnownChanges changes, Duties duties, Directory directory, People people) {
        this.changes = changes;
        this.duties = duties;
        this.directory = directory;
        this.people = people;
    }

    /** The proof: every rule, who held which duty, satisfied or not. */
    @GetMapping("/changes/{id}/duties")
    Duties.Proof proof(@PathVariable String id) {
        return duties.proof(changes.get(id).id());
    }

    /** A third person lets a substitution come into force. */
    @PostMapping("/people/{login}/substitutions/{id}/approval")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void approve(@PathVariable String login, @PathVariable long id, Principal principal) {
        var teams = people.teamsOf(principal.getName()).orElse(java.util.List.of());
        if (!teams.contains(Team.ADMINISTRATORS) && !teams.contains("change-manager")) {
            throw Refusal.forbidden("Administrators and change managers approve substitutions.");
        }
        directory.approveSubstitution(login, id, Actor.person(principal.getName()));
    }

    /** The login is another login of the human being who has the other one. */
    @PutMapping("/people/{login}/same-as/{other}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void sameAs(@PathVariable String login, @PathVariable String other, Principal principal) {
        if (!people.isMember(principal.getName(), Team.ADMINISTRATORS)) {
            throw Refusal.forbidden("Only an administrator keeps people and memberships.");
        }
        directory.sameHuman(login, other, Actor.person(principal.getName()));
    }
}
