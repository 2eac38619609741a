package org.patchboard.web.api;

import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.patchboard.approval.Ballots;
import org.patchboard.approval.Condition;
import org.patchboard.lifecycle.engine.VoteControl;
import org.patchboard.shared.Actor;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** One's own vote, and the conditions that votes set. */
@RestController
@RequestMapping("/api/v1/changes/{id}")
class VotesApi {

    /**
     * @param decision {@code approve}, {@code approve-with-conditions}, {@code reject}, {@code abstain} or {@code recuse}
     * @param digest of the plan that was read
     */
    record NewVote(String decision, @Nullable String comment, String digest) {}

    /** @param how what was done or seen */
    record Met(String how) {}

    private final VoteControl votes;
    private final Ballots ballots;
    private final KnownChanges changes;

    VotesApi(VoteControl votes, Ballots ballots, KnownChanges changes) {
        this.votes = votes;
        this.ballots = ballots;
        this.changes = changes;
    }

    @PostMapping("/votes")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void cast(@PathVariable String id, @RequestBody NewVote vote, Principal principal) {
        votes.cast(
                changes.get(id).id(),
                principal.getName(),
                vote.decision(),
                vote.comment() == null ? "" : vote.comment(),
                vote.digest());
    }

    @GetMapping("/conditions")
    List<Condition> conditions(@PathVariable String id) {
        return ballots.latest(changes.get(id).id()).map(ballots::conditions).orElse(List.of());
    }

    @PostMapping("/conditions/{condition}/met")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void met(@PathVariable String id, @PathVariable long condition, @RequestBody Met met, Principal principal) {
        votes.meetCondition(changes.get(id).id(), condition, met.how(), Actor.person(principal.getName()));
    }
}
