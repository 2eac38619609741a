package org.patchboard.web.api;

import java.security.Principal;
import java.util.Set;
import org.patchboard.identity.Directory;
import org.patchboard.identity.Duties;
import org.patchboard.identity.Team;
import org.patchboard.web.Roles;
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
    private final Roles roles;

    DutiesApi(KnownChanges changes, Duties duties, Directory directory, Roles roles) {
        this.changes = changes;
        this.duties = duties;
        this.directory = directory;
        this.roles = roles;
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
        var approver = roles.require(
                principal,
                Set.of(Team.ADMINISTRATORS, "change-manager"),
                "Administrators and change managers approve substitutions.");
        directory.approveSubstitution(login, id, approver);
    }

    /** The login is another login of the human being who has the other one. */
    @PutMapping("/people/{login}/same-as/{other}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void sameAs(@PathVariable String login, @PathVariable String other, Principal principal) {
        var administrator = roles.require(
                principal, Set.of(Team.ADMINISTRATORS), "Only an administrator keeps people and memberships.");
        directory.sameHuman(login, other, administrator);
    }
}
