package org.patchboard.web.api;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.patchboard.lifecycle.engine.BackTests;
import org.patchboard.lifecycle.engine.DecisionTables;
import org.patchboard.lifecycle.engine.PolicyFacts;
import org.patchboard.lifecycle.engine.PolicyProcesses;
import org.patchboard.report.PolicyViews;
import org.patchboard.risk.PolicyProposal;
import org.patchboard.risk.PolicyProposals;
import org.patchboard.risk.ProposalId;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Slice;
import org.patchboard.web.Roles;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Policies: the tables in force, drafts of them, and proposals to change them. Everybody signed in reads them. */
@RestController
@RequestMapping("/api/v1")
class PoliciesApi {

    private static final Set<String> READERS = Set.of("policy-author", "policy-approver", "auditor", "change-manager");

    /**
     * A new version of a table.
     *
     * @param dmn the whole table, DMN 1.3
     * @param openChanges {@code pin}, {@code re-evaluate} or {@code re-approve}
     */
    record Wanted(
            @NotBlank String dmn,
            @NotBlank String reason,
            @NotBlank String openChanges) {}

    record Proposed(String id) {}

    /**
     * @param proposal everything about it but the table itself
     * @param rows what becomes of each row
     */
    record ProposalDetail(PolicyProposal proposal, long differences, DecisionTables.Diff rows) {}

    private final BackTests backTests;
    private final DecisionTables tables;
    private final PolicyProcesses processes;
    private final PolicyProposals proposals;
    private final PolicyFacts facts;
    private final PolicyViews views;
    private final KnownChanges changes;
    private final Roles roles;

    PoliciesApi(
            BackTests backTests,
            DecisionTables tables,
            PolicyProcesses processes,
            PolicyProposals proposals,
            PolicyFacts facts,
            PolicyViews views,
            KnownChanges changes,
            Roles roles) {
        this.backTests = backTests;
        this.tables = tables;
        this.processes = processes;
        this.proposals = proposals;
        this.facts = facts;
        this.views = views;
        this.changes = changes;
        this.roles = roles;
    }

    /** The tables that decide now. */
    @GetMapping("/policies")
    Slice<DecisionTables.Table> inForce(
            @RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "50") int size) {
        Slice.checkBounds(page, size);
        var all = tables.inForce();
        return new Slice<>(all.stream().skip((long) page * size).limit(size).toList(), page, size, all.size());
    }

    /** Every version of a table, newest first. */
    @GetMapping("/policies/{decision}/versions")
    Slice<DecisionTables.Version> versions(
            @PathVariable String decision,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        Slice.checkBounds(page, size);
        var all = tables.versions(tables.current(decision).key());
        return new Slice<>(all.stream().skip((long) page * size).limit(size).toList(), page, size, all.size());
    }

    /** @param draft the DMN itself */
    @PostMapping("/policies/{decision}/back-test")
    BackTests.Report backTest(@PathVariable String decision, @RequestBody byte[] draft, Principal principal) {
        roles.require(
                principal, READERS, "Policy authors, approvers, change managers and auditors try drafts of policies.");
        return backTests.run(decision, draft);
    }

    /** Proposes a new version of a table; another human being decides on it in Tasklist. */
    @PostMapping("/policies/{decision}/proposals")
    @ResponseStatus(HttpStatus.CREATED)
    Proposed propose(@PathVariable String decision, @RequestBody @Valid Wanted wanted, Principal principal) {
        var actor = Actor.person(principal.getName());
        return new Proposed(processes
                .propose(
                        decision,
                        wanted.dmn().getBytes(StandardCharsets.UTF_8),
                        wanted.reason(),
                        wanted.openChanges(),
                        actor)
                .value());
    }

    /** @param state one of a proposal's states, or {@code open} */
    @GetMapping("/policies/proposals")
    Slice<PolicyViews.ProposalView> proposals(
            @RequestParam(required = false) @Nullable String decision,
            @RequestParam(required = false) @Nullable String state,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size,
            @RequestParam(required = false) @Nullable String sort) {
        return views.proposals(decision, state, page, size, sort);
    }

    /** With what the test found and what becomes of each row. */
    @GetMapping("/policies/proposals/{id}")
    ProposalDetail proposal(@PathVariable String id) {
        var number = number(id);
        return new ProposalDetail(proposals.get(number), proposals.countDifferences(number), facts.diff(number));
    }

    /** The proposed table itself. */
    @GetMapping(value = "/policies/proposals/{id}/dmn", produces = MediaType.APPLICATION_XML_VALUE)
    byte[] dmn(@PathVariable String id) {
        return proposals.dmn(number(id));
    }

    /** What would have been decided otherwise, by change. */
    @GetMapping("/policies/proposals/{id}/differences")
    Slice<PolicyViews.DifferenceView> differences(
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        return views.differences(proposals.get(number(id)).id(), page, size);
    }

    /** What became of the changes that were open when it came into force. */
    @GetMapping("/policies/proposals/{id}/effects")
    Slice<PolicyViews.EffectView> effects(
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        return views.effects(proposals.get(number(id)).id(), page, size);
    }

    /** Which versions of which policies judge a change since new ones came into force, and why. */
    @GetMapping("/changes/{id}/policies")
    Slice<PolicyViews.EffectView> onAChange(
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "50") int size) {
        return views.effectsOn(changes.get(id).id(), page, size);
    }

    /** Its author takes it back. */
    @PostMapping("/policies/proposals/{id}/withdraw")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void withdraw(@PathVariable String id, @RequestBody @Valid ChangesApi.Reason why, Principal principal) {
        processes.withdraw(number(id), why.reason(), Actor.person(principal.getName()));
    }

    static ProposalId number(String id) {
        if (!ProposalId.isOne(id)) {
            throw Refusal.unknown("There is no proposal %s.".formatted(id));
        }
        return new ProposalId(id);
    }
}
