package org.patchboard.web.api;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.security.Principal;
import java.util.List;
import org.patchboard.identity.People;
import org.patchboard.rollout.KillSwitch;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Stops every roll-out of the house at once. */
@RestController
@RequestMapping("/api/v1/kill-switch")
class KillSwitchApi {

    record Why(@NotBlank String reason) {}

    /** @param stops every time it was pulled, newest first */
    record View(boolean pulled, List<KillSwitch.Stop> stops) {}

    private final KillSwitch killSwitch;
    private final People people;

    KillSwitchApi(KillSwitch killSwitch, People people) {
        this.killSwitch = killSwitch;
        this.people = people;
    }

    @GetMapping
    View view() {
        return new View(killSwitch.inForce().isPresent(), killSwitch.all());
    }

    @PostMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void pull(@RequestBody @Valid Why why, Principal principal) {
        require(principal);
        killSwitch.pull(why.reason(), Actor.person(principal.getName()));
    }

    @PostMapping("/lift")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void lift(@RequestBody @Valid Why why, Principal principal) {
        require(principal);
        killSwitch.lift(why.reason(), Actor.person(principal.getName()));
    }

    private void require(Principal principal) {
        var teams = people.teamsOf(principal.getName()).orElse(List.of());
        if (!teams.contains("on-call") && !teams.contains("change-manager")) {
            throw Refusal.forbidden("Those on call and change managers stop every roll-out.");
        }
    }
}
