package org.patchboard.web.api;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.security.Principal;
import org.patchboard.lifecycle.engine.RolloutControl;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What those on call do to a roll-out; who may is asked where it is done, not here. */
@RestController
@RequestMapping("/api/v1/changes/{id}")
@ResponseStatus(HttpStatus.NO_CONTENT)
class RolloutApi {

    record Why(@NotBlank String reason) {}

    private final RolloutControl control;
    private final KnownChanges changes;

    RolloutApi(RolloutControl control, KnownChanges changes) {
        this.control = control;
        this.changes = changes;
    }

    /** No further host is started. */
    @PostMapping("/halt")
    void halt(@PathVariable String id, @RequestBody @Valid Why why, Principal principal) {
        control.halt(known(id), Actor.person(principal.getName()), why.reason());
    }

    /** A halted ring goes on with the hosts that are not done. */
    @PostMapping("/resume")
    void resume(@PathVariable String id, @RequestBody @Valid Why why, Principal principal) {
        control.resume(known(id), Actor.person(principal.getName()), why.reason());
    }

    /** A halted ring goes back to the versions from before. */
    @PostMapping("/roll-back")
    void rollBack(@PathVariable String id, @RequestBody @Valid Why why, Principal principal) {
        control.rollBack(known(id), Actor.person(principal.getName()), why.reason());
    }

    private ChangeId known(String id) {
        return changes.get(id).id();
    }
}
