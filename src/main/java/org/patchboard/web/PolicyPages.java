package org.patchboard.web;

import java.io.IOException;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.identity.People;
import org.patchboard.lifecycle.engine.DecisionTables;
import org.patchboard.lifecycle.engine.PolicyFacts;
import org.patchboard.lifecycle.engine.PolicyProcesses;
import org.patchboard.lifecycle.engine.ProcessPictures;
import org.patchboard.lifecycle.engine.Waiting;
import org.patchboard.report.PolicyViews;
import org.patchboard.risk.PolicyPacks;
import org.patchboard.risk.PolicyProposals;
import org.patchboard.risk.ProposalId;
import org.patchboard.shared.Actor;
import org.patchboard.shared.MalformedInput;
import org.patchboard.shared.Refusal;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * The rules everybody is judged by: tables as they decide now and decided before, the obligations they come from, and
 * proposals to change them.
 */
@Controller
class PolicyPages implements Page {

    private static final int PAGE = 25;
    private static final int LARGEST = 1 << 20;
    private static final String AUTHORS = "policy-author";

    /**
     * A version of a table.
     *
     * @param proposal the proposal that brought it; null when a build did
     */
    record VersionLine(int version, Instant since, String digest, PolicyViews.@Nullable ProposalView proposal) {}

    /** What somebody was shown and would be shown. */
    record DifferenceLine(String change, String title, String state, String before, String after, String rules) {}

    private final DecisionTables tables;
    private final PolicyPacks packs;
    private final PolicyProposals proposals;
    private final PolicyProcesses processes;
    private final PolicyFacts facts;
    private final PolicyViews views;
    private final Waiting waiting;
    private final ProcessPictures pictures;
    private final People people;
    private final Clock clock;

    PolicyPages(
            DecisionTables tables,
            PolicyPacks packs,
            PolicyProposals proposals,
            PolicyProcesses processes,
            PolicyFacts facts,
            PolicyViews views,
            Waiting waiting,
            ProcessPictures pictures,
            People people,
            Clock clock) {
        this.tables = tables;
        this.packs = packs;
        this.proposals = proposals;
        this.processes = processes;
        this.facts = facts;
        this.views = views;
        this.waiting = waiting;
        this.pictures = pictures;
        this.people = people;
        this.clock = clock;
    }

    @GetMapping("/policies")
    String policies(
            Model model, @ModelAttribute("groups") List<String> groups, @RequestParam(defaultValue = "0") int page) {
        var inForce = tables.inForce();
        var versions = new LinkedHashMap<String, List<VersionLine>>();
        for (var table : inForce) {
            versions.put(table.key(), versions(table.key()));
        }
        model.addAttribute("tables", inForce);
        model.addAttribute("versions", versions);
        model.addAttribute("open", views.proposals(null, "open", 0, PAGE, null));
        model.addAttribute("proposals", views.proposals(null, null, Math.max(0, page), PAGE, null));
        model.addAttribute("packs", packs.validOn(LocalDate.now(clock)));
        model.addAttribute("mayPropose", groups.contains(AUTHORS));
        return "policies";
    }

    private List<VersionLine> versions(String decision) {
        var brought = new LinkedHashMap<Integer, PolicyViews.ProposalView>();
        views.proposals(decision, null, 0, 500, "proposedAt").items().forEach(proposal -> {
            var version = proposal.version();
            if (version != null) {
                brought.put(version, proposal);
            }
        });
        return tables.versions(decision).stream()
                .map(version -> new VersionLine(
                        version.version(), version.since(), version.digest(), brought.get(version.version())))
                .toList();
    }

    /** The table in force as a file, to be edited and proposed. */
    @GetMapping("/policies/{decision}/dmn")
    ResponseEntity<byte[]> download(@PathVariable String decision) {
        var current = tables.current(decision);
        return file("%s-%d.dmn".formatted(current.key(), current.version()), current.content());
    }

    @PostMapping("/policies/{decision}/proposals")
    String propose(
            RedirectAttributes flash,
            Principal principal,
            @PathVariable String decision,
            @RequestParam MultipartFile table,
            @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "") String openChanges)
            throws IOException {
        var content = table.getSize() > LARGEST ? new byte[LARGEST + 1] : table.getBytes();
        var id = new ProposalId[1];
        var back = Page.attempt(flash, "/policies#" + tables.current(decision).key(), "It is being tested.", () -> {
            try {
                id[0] = processes.propose(decision, content, reason, openChanges, Actor.person(principal.getName()));
            } catch (MalformedInput input) {
                throw Refusal.incomplete("This is no table that can be proposed. " + input.getMessage());
            }
        });
        return id[0] == null ? back : "redirect:/policies/proposals/" + id[0];
    }

    @GetMapping("/policies/proposals/{id}")
    String proposal(
            Model model,
            Principal principal,
            @ModelAttribute("groups") List<String> groups,
            @PathVariable String id,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "0") int effects) {
        var number = number(id);
        var proposal = proposals.get(number);
        var differences = views.differences(id, Math.max(0, page), PAGE);
        model.addAttribute("p", proposal);
        model.addAttribute("author", name(proposal.author()));
        model.addAttribute("decider", proposal.decidedBy() == null ? null : name(proposal.decidedBy()));
        model.addAttribute("openChanges", PolicyFacts.openChanges(proposal.openChanges()));
        model.addAttribute("diff", facts.diff(number));
        model.addAttribute(
                "differences",
                differences.map(it -> new DifferenceLine(
                        it.change(),
                        it.title(),
                        it.state(),
                        PolicyFacts.words(it.before()),
                        PolicyFacts.words(it.after()),
                        it.rules())));
        model.addAttribute("effects", views.effects(id, Math.max(0, effects), PAGE));
        model.addAttribute("deeds", views.deeds(id));
        model.addAttribute("waits", waiting.of(number));
        model.addAttribute(
                "mine",
                waiting.mine(principal.getName(), groups).stream()
                        .filter(task -> task.change().equals(id))
                        .map(Waiting.Mine::id)
                        .toList());
        model.addAttribute("pictures", pictures.of(number));
        model.addAttribute(
                "mayWithdraw",
                proposal.author().equals(principal.getName())
                        && (proposal.state().equals("proposed")
                                || proposal.state().equals("waiting")));
        return "proposal";
    }

    /** A login as people know it; a part of the house is called what it is. */
    private Map<String, String> name(String login) {
        return Map.of(
                "login",
                login,
                "name",
                people.person(login).map(person -> person.name()).orElse(login));
    }

    /** The proposed table as a file. */
    @GetMapping("/policies/proposals/{id}/dmn")
    ResponseEntity<byte[]> proposed(@PathVariable String id) {
        return file(id + ".dmn", proposals.dmn(number(id)));
    }

    @PostMapping("/policies/proposals/{id}/withdraw")
    String withdraw(
            RedirectAttributes flash,
            Principal principal,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String reason) {
        return Page.attempt(
                flash,
                "/policies/proposals/" + number(id),
                "The proposal is withdrawn.",
                () -> processes.withdraw(number(id), reason, Actor.person(principal.getName())));
    }

    private static ResponseEntity<byte[]> file(String name, byte[] content) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment().filename(name).build().toString())
                .body(content);
    }

    private static ProposalId number(String id) {
        if (!ProposalId.isOne(id)) {
            throw Refusal.unknown("There is no proposal %s.".formatted(id));
        }
        return new ProposalId(id);
    }
}
