package org.patchboard.web.api;

import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.Seals;
import org.patchboard.change.ChangeRecord;
import org.patchboard.change.Changes;
import org.patchboard.change.Plans;
import org.patchboard.identity.People;
import org.patchboard.identity.Team;
import org.patchboard.inventory.MaintenanceGroups;
import org.patchboard.lifecycle.engine.ChangeProcesses;
import org.patchboard.lifecycle.engine.Waiting;
import org.patchboard.report.ChangeStory;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Slice;
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

/** Changes and the groups they are for. */
@RestController
@RequestMapping("/api/v1")
class ChangesApi {

    private static final Set<String> REQUESTERS = Set.of("vulnerability-analyst", "patch-coordinator", "asset-owner");

    /** Either an advisory, {@code ecosystem/package}, or the CVEs that one package cures. */
    record Wanted(
            @Nullable String advisory,
            @Nullable List<String> cves,
            String maintenanceGroup,
            String title,
            String reason) {}

    record Opened(String id) {}

    record Reason(String reason) {}

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
    private final ChangeStory story;
    private final Waiting waiting;
    private final MaintenanceGroups groups;
    private final People people;
    private final Seals seals;
    private final java.time.Clock clock;

    ChangesApi(
            Changes changes,
            Plans plans,
            ChangeProcesses processes,
            ChangeStory story,
            Waiting waiting,
            MaintenanceGroups groups,
            People people,
            Seals seals,
            java.time.Clock clock) {
        this.changes = changes;
        this.plans = plans;
        this.processes = processes;
        this.story = story;
        this.waiting = waiting;
        this.groups = groups;
        this.people = people;
        this.seals = seals;
        this.clock = clock;
    }

    @PostMapping("/changes")
    @ResponseStatus(HttpStatus.CREATED)
    Opened open(@RequestBody Wanted wanted, Principal principal) {
        requireOneOf(principal, REQUESTERS, "Analysts, coordinators and owners ask for changes.");
        var actor = Actor.person(principal.getName());
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
    void withdraw(@PathVariable String id, @RequestBody Reason why, Principal principal) {
        requireOneOf(
                principal,
                Set.of("patch-coordinator", "change-manager"),
                "Coordinators and change managers withdraw changes.");
        processes.withdraw(idOf(id), why.reason(), Actor.person(principal.getName()));
    }

    @GetMapping("/changes")
    Slice<ChangeView> list(
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(required = false) @Nullable String priority,
            @RequestParam(required = false) @Nullable String maintenanceGroup,
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        return changes.page(new Changes.ChangeFilter(state, priority, maintenanceGroup, text), page, size)
                .map(change -> view(change, List.of()));
    }

    @GetMapping("/changes/{id}")
    ChangeView one(@PathVariable String id) {
        var change = idOf(id);
        return view(changes.get(change), waiting.of(change));
    }

    @GetMapping("/changes/{id}/waiting")
    List<Waiting.WaitsFor> waiting(@PathVariable String id) {
        return waiting.of(changes.get(idOf(id)).id());
    }

    @GetMapping("/changes/{id}/plan")
    Object plan(@PathVariable String id) {
        return plans.current(changes.get(idOf(id)).id()).orElseThrow(() -> Refusal.unknown(id + " has no plan yet."));
    }

    /** {@code votes}, {@code rings}, {@code hosts}, {@code receipts} or {@code timeline}. */
    @GetMapping("/changes/{id}/{part:votes|rings|hosts|receipts|timeline}")
    List<Map<String, Object>> part(@PathVariable String id, @PathVariable String part) {
        return story.part(changes.get(idOf(id)).id().value(), part);
    }

    /** The sealed bundle, to be checked with {@code java -jar patchboard.jar verify}. */
    @GetMapping(value = "/changes/{id}/evidence", produces = "application/zip")
    ResponseEntity<byte[]> evidence(@PathVariable String id) {
        var bundle = seals.bundle(changes.get(idOf(id)).id())
                .orElseThrow(() -> Refusal.unknown(id + " is not sealed yet; it is when it closes."));
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + id + ".zip\"")
                .body(bundle);
    }

    @GetMapping("/maintenance-groups")
    List<MaintenanceGroups.MaintenanceGroup> groups() {
        return groups.all();
    }

    @PostMapping("/maintenance-groups")
    @ResponseStatus(HttpStatus.CREATED)
    void put(@RequestBody MaintenanceGroups.MaintenanceGroup group, Principal principal) {
        requireOneOf(
                principal,
                Set.of("change-manager", Team.ADMINISTRATORS),
                "Change managers and administrators keep maintenance groups.");
        groups.put(group, Actor.person(principal.getName()));
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

    private void requireOneOf(Principal principal, Set<String> allowed, String sentence) {
        if (people.teamsOf(principal.getName()).orElse(List.of()).stream().noneMatch(allowed::contains)) {
            throw Refusal.forbidden(sentence);
        }
    }

    private static ChangeId idOf(String id) {
        try {
            return new ChangeId(id);
        } catch (IllegalArgumentException e) {
            throw Refusal.unknown("There is no change " + id + ".");
        }
    }
}
