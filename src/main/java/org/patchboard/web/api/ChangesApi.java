package org.patchboard.web.api;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.Seals;
import org.patchboard.change.ChangeRecord;
import org.patchboard.change.Changes;
import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.lifecycle.engine.ChangeProcesses;
import org.patchboard.lifecycle.engine.Waiting;
import org.patchboard.report.ChangeViews;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Slice;
import org.patchboard.web.Roles;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Changes: asked for, looked at, withdrawn. Everybody signed in reads them. */
@RestController
@RequestMapping("/api/v1")
class ChangesApi {

    private static final Set<String> REQUESTERS = Set.of("vulnerability-analyst", "patch-coordinator", "asset-owner");

    /** Either an advisory, {@code ecosystem/package}, or the CVEs that one package cures. */
    record Wanted(
            @Nullable String advisory,
            @Nullable List<String> cves,
            @NotBlank String maintenanceGroup,
            @NotBlank String title,
            @NotBlank String reason) {}

    record Opened(String id) {}

    record Reason(@NotBlank String reason) {}

    /** @param slack seconds until the deadline, negative once it has passed */
    record Deadline(
            @Nullable Instant due,
            @Nullable String pack,
            @Nullable String citation,
            @Nullable Long slack) {}

    record PlanHead(int revision, String digest) {}

    record ChangeView(
            String id,
            String title,
            String state,
            @Nullable String outcome,

            @com.fasterxml.jackson.annotation.JsonProperty("class") @Nullable
            String changeClass,

            @Nullable String priority,
            String advisory,
            List<String> cves,
            String maintenanceGroup,
            Deadline deadline,
            List<Waiting.WaitsFor> waitingFor,
            @Nullable PlanHead plan,
            Instant openedAt,
            @Nullable Instant closedAt) {}

    private final Changes changes;
    private final Plans plans;
    private final ChangeProcesses processes;
    private final ChangeViews views;
    private final Waiting waiting;
    private final KnownChanges known;
    private final Roles roles;
    private final Seals seals;
    private final java.time.Clock clock;

    ChangesApi(
            Changes changes,
            Plans plans,
            ChangeProcesses processes,
            ChangeViews views,
            Waiting waiting,
            KnownChanges known,
            Roles roles,
            Seals seals,
            java.time.Clock clock) {
        this.changes = changes;
        this.plans = plans;
        this.processes = processes;
        this.views = views;
        this.waiting = waiting;
        this.known = known;
        this.roles = roles;
        this.seals = seals;
        this.clock = clock;
    }

    @PostMapping("/changes")
    @ResponseStatus(HttpStatus.CREATED)
    Opened open(@RequestBody @Valid Wanted wanted, Principal principal) {
        var actor = roles.require(principal, REQUESTERS, "Analysts, coordinators and owners ask for changes.");
        var id = wanted.advisory() == null
                ? processes.openForCves(
                        wanted.cves() == null ? List.of() : wanted.cves(),
                        wanted.maintenanceGroup(),
                        wanted.title(),
                        wanted.reason(),
                        actor)
                : processes.open(wanted.advisory(), wanted.maintenanceGroup(), wanted.title(), wanted.reason(), actor);
        return new Opened(id.value());
    }

    @PostMapping("/changes/{id}/withdraw")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void withdraw(@PathVariable String id, @RequestBody @Valid Reason why, Principal principal) {
        var actor = roles.require(
                principal,
                Set.of("patch-coordinator", "change-manager"),
                "Coordinators and change managers withdraw changes.");
        processes.withdraw(known.get(id).id(), why.reason(), actor);
    }

    @GetMapping("/changes")
    Slice<ChangeView> list(
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String priority,
            @RequestParam(required = false) @Nullable String maintenanceGroup,
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            @RequestParam(required = false) @Nullable String sort) {
        return changes.page(new Changes.ChangeFilter(state, priority, maintenanceGroup, text), page, size, sort)
                .map(change -> view(change, List.of()));
    }

    @GetMapping("/changes/{id}")
    ChangeView one(@PathVariable String id) {
        var change = known.get(id);
        return view(change, waiting.of(change.id()));
    }

    @GetMapping("/changes/{id}/waiting")
    List<Waiting.WaitsFor> waiting(@PathVariable String id) {
        return waiting.of(known.get(id).id());
    }

    /** The newest plan. */
    @GetMapping("/changes/{id}/plan")
    PlanRevision plan(@PathVariable String id) {
        return plans.current(known.get(id).id()).orElseThrow(() -> Refusal.unknown(id + " has no plan yet."));
    }

    @GetMapping("/changes/{id}/votes")
    Slice<ChangeViews.VoteView> votes(
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        return views.votes(known.get(id).id(), page, size);
    }

    @GetMapping("/changes/{id}/rings")
    Slice<ChangeViews.RingView> rings(
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        return views.rings(known.get(id).id(), page, size);
    }

    @GetMapping("/changes/{id}/hosts")
    Slice<ChangeViews.HostView> hosts(
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        return views.hosts(known.get(id).id(), page, size);
    }

    @GetMapping("/changes/{id}/receipts")
    Slice<ChangeViews.ReceiptView> receipts(
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        return views.receipts(known.get(id).id(), page, size);
    }

    @GetMapping("/changes/{id}/timeline")
    Slice<ChangeViews.DeedView> timeline(
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        return views.timeline(known.get(id).id(), page, size);
    }

    /** The sealed bundle, to be checked with {@code java -jar patchboard.jar verify}. */
    @GetMapping(value = "/changes/{id}/evidence", produces = "application/zip")
    ResponseEntity<byte[]> evidence(@PathVariable String id) {
        var bundle = seals.bundle(known.get(id).id())
                .orElseThrow(() -> Refusal.unknown(id + " is not sealed yet; it is when it closes."));
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + id + ".zip\"")
                .body(bundle);
    }

    private ChangeView view(ChangeRecord change, List<Waiting.WaitsFor> waits) {
        var due = change.due();
        return new ChangeView(
                change.id().value(),
                change.title(),
                change.state().word(),
                change.outcome(),
                change.changeClass(),
                change.priority(),
                change.advisory(),
                change.cves(),
                change.maintenanceGroup(),
                new Deadline(
                        due,
                        change.duePack(),
                        change.dueCitation(),
                        due == null
                                ? null
                                : due.getEpochSecond() - clock.instant().getEpochSecond()),
                waits,
                plans.current(change.id())
                        .map(plan -> new PlanHead(plan.revision(), plan.digest()))
                        .orElse(null),
                change.openedAt(),
                change.closedAt());
    }
}
