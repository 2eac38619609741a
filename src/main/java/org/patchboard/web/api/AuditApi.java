package org.patchboard.web.api;

import java.security.Principal;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditEvents;
import org.patchboard.audit.Checkpoints;
import org.patchboard.identity.Team;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Slice;
import org.patchboard.web.Roles;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The trail, for auditors only; that they looked is in the trail too. */
@RestController
@RequestMapping("/api/v1/audit")
class AuditApi {

    private final AuditEvents events;
    private final Checkpoints checkpoints;
    private final Roles roles;

    AuditApi(AuditEvents events, Checkpoints checkpoints, Roles roles) {
        this.events = events;
        this.checkpoints = checkpoints;
        this.roles = roles;
    }

    /** @param from inclusive, {@code to} exclusive */
    @GetMapping("/events")
    Slice<AuditEvents.Event> events(
            @RequestParam(required = false) @Nullable String actor,
            @RequestParam(required = false) @Nullable String action,
            @RequestParam(required = false) @Nullable String change,
            @RequestParam(required = false) @Nullable String chain,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            @RequestParam(required = false) @Nullable String sort,
            Principal principal) {
        var reader = auditor(principal);
        return events.page(
                new AuditEvents.EventFilter(actor, action, change, chain, from, to), page, size, sort, reader);
    }

    /** Reads every chain from its first row; takes as long as the trail is. */
    @GetMapping("/verification")
    AuditEvents.Verification verification(Principal principal) {
        return events.verify(auditor(principal));
    }

    /** How long every chain was, signed once a day. */
    @GetMapping("/checkpoints")
    Slice<Checkpoints.Checkpoint> checkpoints(
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            Principal principal) {
        auditor(principal);
        return checkpoints.page(page, size);
    }

    /** One as a file to be kept elsewhere; {@code verify --checkpoint} reads it. */
    @GetMapping("/checkpoints/{number}")
    ResponseEntity<String> checkpoint(@PathVariable long number, Principal principal) {
        auditor(principal);
        return ResponseEntity.ok()
                .contentType(MediaType.TEXT_PLAIN)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename("checkpoint-" + number + ".txt")
                                .build()
                                .toString())
                .body(checkpoints.file(number));
    }

    private Actor auditor(Principal principal) {
        return roles.require(principal, Set.of(Team.AUDITORS), "Only an auditor reads the trail.");
    }
}
