package org.patchboard.web.api;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.security.Principal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.exception.ExceptionRequest;
import org.patchboard.exception.ExceptionRequests;
import org.patchboard.exception.NewExceptionRequest;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.patchboard.shared.EndOfDay;
import org.patchboard.shared.Refusal;
import org.patchboard.web.Roles;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Asking for a risk exception, and ending one before its time. Deciding on it is a task. */
@RestController
@RequestMapping("/api/v1/exceptions")
class ExceptionRequestsApi {

    private static final Set<String> ASKERS = Set.of("vulnerability-analyst", "patch-coordinator", "asset-owner");
    private static final Set<String> ENDERS = Set.of("risk-owner", "security-representative", "change-manager");

    /**
     * @param hosts names; left out for the whole change
     * @param kind {@code deferral}, {@code risk-acceptance}, {@code mitigation} or {@code not-affected}
     * @param control what holds the risk down meanwhile
     * @param controlCheck day or instant when that is looked at
     * @param vex OpenVEX justification, for {@code not-affected}
     * @param until day or instant
     * @param renews key of the request whose exception this continues
     */
    record Wanted(
            @NotBlank String change,
            @Nullable List<String> hosts,
            @NotBlank String kind,
            @NotBlank String reason,
            @Nullable String control,
            @Nullable String controlCheck,
            @Nullable String vex,
            @Nullable String exitPlan,
            @Nullable String until,
            @Nullable Long renews) {}

    /** @param request key of the request, to be decided on */
    record Asked(long request) {}

    record Why(@NotBlank String reason) {}

    private final ExceptionProcesses processes;
    private final ExceptionRequests requests;
    private final KnownChanges changes;
    private final Roles roles;

    ExceptionRequestsApi(ExceptionProcesses processes, ExceptionRequests requests, KnownChanges changes, Roles roles) {
        this.processes = processes;
        this.requests = requests;
        this.changes = changes;
        this.roles = roles;
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Asked ask(@RequestBody @Valid Wanted wanted, Principal principal) {
        var actor = roles.require(principal, ASKERS, "Analysts, coordinators and owners ask for exceptions.");
        var change = changes.get(wanted.change()).id();
        return new Asked(processes.ask(
                new NewExceptionRequest(
                        change,
                        processes.assets(change, wanted.hosts() == null ? List.of() : wanted.hosts()),
                        wanted.kind(),
                        wanted.reason(),
                        text(wanted.control()),
                        text(wanted.vex()),
                        text(wanted.exitPlan()),
                        moment(wanted.until()),
                        moment(wanted.controlCheck()),
                        wanted.renews()),
                actor));
    }

    @GetMapping("/requests/{request}")
    ExceptionRequest one(@PathVariable long request) {
        return requests.get(request);
    }

    @PostMapping("/requests/{request}/revoke")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable long request, @RequestBody @Valid Why why, Principal principal) {
        processes.revoke(
                request,
                why.reason(),
                roles.require(
                        principal,
                        ENDERS,
                        "Risk owners, security representatives and change managers end an exception early."));
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** A day means its end, UTC. */
    private static @Nullable Instant moment(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return text.length() == 10 ? EndOfDay.of(text, ZoneOffset.UTC) : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new Refusal(
                    Refusal.Kind.INCOMPLETE,
                    "\"%s\" is neither a day such as 2027-01-31 nor an instant such as 2027-01-31T12:00:00Z."
                            .formatted(text));
        }
    }
}
