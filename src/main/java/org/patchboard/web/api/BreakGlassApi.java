package org.patchboard.web.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.patchboard.identity.Reauthentication;
import org.patchboard.lifecycle.engine.Emergencies;
import org.patchboard.shared.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Breaking the glass, and the password given again that it needs. */
@RestController
@RequestMapping("/api/v1")
@ResponseStatus(HttpStatus.NO_CONTENT)
class BreakGlassApi {

    record Password(@NotBlank String password) {}

    /** @param incident left out by the second person, who confirms */
    record Why(
            @NotBlank String reason,
            @Nullable String incident,
            @Nullable String password) {}

    private final Emergencies emergencies;
    private final Reauthentication reauthentication;
    private final KnownChanges changes;

    BreakGlassApi(Emergencies emergencies, Reauthentication reauthentication, KnownChanges changes) {
        this.emergencies = emergencies;
        this.reauthentication = reauthentication;
        this.changes = changes;
    }

    /** The password counts as given again for five minutes. */
    @PostMapping("/people/me/reauthentication")
    void again(@RequestBody @Valid Password given, Principal principal, HttpServletRequest request) {
        confirm(principal, given.password(), request);
    }

    /** The first of two people breaks the glass; the second confirms it. */
    @PostMapping("/changes/{id}/break-glass")
    void breakGlass(
            @PathVariable String id, @RequestBody @Valid Why why, Principal principal, HttpServletRequest request) {
        var change = changes.get(id).id();
        var password = why.password();
        if (password != null) {
            confirm(principal, password, request);
        }
        emergencies.invoke(change, principal.getName(), why.reason(), why.incident() == null ? "" : why.incident());
    }

    private void confirm(Principal principal, String password, HttpServletRequest request) {
        if (!reauthentication.confirm(principal.getName(), password, request.getRemoteAddr())) {
            throw Refusal.forbidden("That is not your password, or there were too many wrong ones.");
        }
    }
}
