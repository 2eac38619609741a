package org.patchboard.web.api;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.security.Principal;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.approval.Licence;
import org.patchboard.approval.Licences;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Slice;
import org.patchboard.web.Roles;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Licences for standard changes. */
@RestController
@RequestMapping("/api/v1/licences")
class LicencesApi {

    /** @param change the change whose way of working is to be licensed */
    record Wanted(
            @NotBlank String change, int uses, @NotNull Instant until) {}

    /** @param decision {@code approve} or {@code reject} */
    record NewVote(@NotBlank String decision, @Nullable String comment) {}

    private final Licences licences;
    private final KnownChanges changes;
    private final Roles roles;

    LicencesApi(Licences licences, KnownChanges changes, Roles roles) {
        this.licences = licences;
        this.changes = changes;
        this.roles = roles;
    }

    @GetMapping
    Slice<Licence> page(@RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "50") int size) {
        return licences.page(page, size);
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Licence propose(@RequestBody @Valid Wanted wanted, Principal principal) {
        var actor = roles.require(
                principal,
                Set.of("patch-coordinator", "change-manager"),
                "Coordinators and change managers propose licences.");
        return licences.get(licences.propose(changes.get(wanted.change()).id(), wanted.uses(), wanted.until(), actor));
    }

    @PostMapping("/{id}/votes")
    Licence vote(@PathVariable long id, @RequestBody @Valid NewVote vote, Principal principal) {
        var approves = switch (vote.decision()) {
            case "approve" -> true;
            case "reject" -> false;
            default -> throw Refusal.incomplete("A vote on a licence is approve or reject.");
        };
        return licences.vote(
                id, approves, vote.comment() == null ? "" : vote.comment(), Actor.person(principal.getName()));
    }
}
