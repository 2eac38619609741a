package org.patchboard.web;

import java.security.Principal;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.audit.ChainVerifier;
import org.patchboard.identity.Directory;
import org.patchboard.identity.People;
import org.patchboard.identity.Team;
import org.patchboard.identity.Tokens;
import org.patchboard.report.Lists;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/** Assets, findings, messages, the trail, people, and what concerns oneself. */
@Controller
class ListPages {

    private static final Duration TOKEN_LIFE = Duration.ofDays(90);

    private final Lists lists;
    private final People people;
    private final Directory directory;
    private final Tokens tokens;
    private final ChainVerifier verifier;
    private final AuditTrail audit;
    private final TransactionTemplate transaction;
    private final Clock clock;

    ListPages(
            Lists lists,
            People people,
            Directory directory,
            Tokens tokens,
            ChainVerifier verifier,
            AuditTrail audit,
            TransactionTemplate transaction,
            Clock clock) {
        this.lists = lists;
        this.people = people;
        this.directory = directory;
        this.tokens = tokens;
        this.verifier = verifier;
        this.audit = audit;
        this.transaction = transaction;
        this.clock = clock;
    }

    @GetMapping("/assets")
    String assets(
            Model model, @RequestParam(defaultValue = "") String text, @RequestParam(defaultValue = "0") int page) {
        return list(
                model,
                "Assets",
                "Everything that can carry a vulnerability, as inventories saw it last.",
                "Name or maintenance group",
                "Import an inventory: POST /api/v1/inventory/imports?source=csv.",
                List.of("Name", "Kind", "Group", "Exposure", "Criticality", "System", "Packages", "Last seen"),
                lists.assets(text, page),
                text,
                page);
    }

    @GetMapping("/findings")
    String findings(
            Model model, @RequestParam(defaultValue = "") String text, @RequestParam(defaultValue = "0") int page) {
        return list(
                model,
                "Findings",
                "Vulnerability, host and package, as a scan saw them. Only a scan closes one.",
                "CVE, host or package",
                "Import a scan report: POST /api/v1/scans/imports?source=trivy&asset=NAME.",
                List.of("CVE", "Host", "Package", "Installed", "Fixed in", "Severity", "State", "Change"),
                lists.findings(text, page),
                text,
                page);
    }

    @GetMapping("/notifications")
    String messages(
            Model model,
            Principal principal,
            @RequestParam(defaultValue = "") String text,
            @RequestParam(defaultValue = "0") int page) {
        var all = people.isMember(principal.getName(), Team.AUDITORS)
                || people.isMember(principal.getName(), Team.ADMINISTRATORS);
        return list(
                model,
                "Messages",
                all ? "Every message, sent or waiting." : "What was written to you, sent or waiting.",
                "Subject or recipient",
                "Messages are written when something concerns you.",
                List.of("State", "Subject", "To", "Written", "Text", "Fault"),
                lists.messages(text, all ? null : principal.getName(), page),
                text,
                page);
    }

    @GetMapping("/audit")
    String audit(
            Model model,
            Principal principal,
            @RequestParam(defaultValue = "") String text,
            @RequestParam(defaultValue = "0") int page) {
        if (!people.isMember(principal.getName(), Team.AUDITORS)) {
            throw new ResponseStatusException(HttpStatus.FORBIDDEN);
        }
        // Reads of the record are part of the record.
        transaction.executeWithoutResult(status -> audit.record(
                "audit-reads",
                Actor.person(principal.getName()),
                "audit-read",
                text.isEmpty() ? "everything" : text,
                Map.of("page", page)));
        var fault = verifier.firstFault();
        model.addAttribute(
                "note",
                fault.map(place -> "The chain does not hold: " + place).orElse("Every chain holds, checked just now."));
        model.addAttribute("noteBad", fault.isPresent());
        return list(
                model,
                "Audit",
                "Every deed, with the hash that ties it to the one before.",
                "Actor, action or change",
                "Nothing was recorded.",
                List.of("When", "Who", "What", "Of", "To", "Content", "Hash"),
                lists.audit(text, page),
                text,
                page);
    }

    @GetMapping("/people")
    String people(Model model, Principal principal) {
        if (!people.isMember(principal.getName(), Team.ADMINISTRATORS)) {
            throw new ResponseStatusException(HttpStatus.FORBIDDEN);
        }
        var rows = directory.entries().stream()
                .map(entry -> List.of(
                        entry.person().login(),
                        entry.person().name(),
                        entry.person().enabled() ? "may sign in" : "disabled",
                        entry.person().mail(),
                        String.join(
                                ", ",
                                entry.memberships().stream()
                                        .map(Directory.Membership::teamName)
                                        .toList()),
                        String.join(
                                ", ",
                                entry.substitutions().stream()
                                        .map(s -> s.substitute() + " for " + s.absent())
                                        .toList())))
                .toList();
        return list(
                model,
                "People",
                "Kept through /api/v1/people; nobody is ever deleted, and nobody grants a role to themselves.",
                "Name",
                "Nobody.",
                List.of("Login", "Name", "State", "Mail", "Groups", "Substitutes"),
                new Lists.Rows(rows, rows.size()),
                "",
                0);
    }

    @GetMapping({"/people/me", "/people/me/password"})
    String me(Model model, Principal principal) {
        model.addAttribute("mustChange", directory.mustChangePassword(principal.getName()));
        model.addAttribute("memberships", directory.memberships(principal.getName()));
        model.addAttribute("tokens", tokens.of(principal.getName()));
        return "me";
    }

    @PostMapping("/people/me/password")
    String changePassword(Model model, Principal principal, @RequestParam String old, @RequestParam String wanted) {
        try {
            directory.changePassword(principal.getName(), old, wanted);
            note(model, "Your password is changed.", false);
        } catch (Refusal refusal) {
            note(model, String.valueOf(refusal.getMessage()), true);
        }
        return me(model, principal);
    }

    @PostMapping("/people/me/tokens")
    String makeToken(Model model, Principal principal, @RequestParam String name) {
        try {
            var token = tokens.make(principal.getName(), name, clock.instant().plus(TOKEN_LIFE));
            note(model, "Your token, shown this once: " + token, false);
        } catch (Refusal refusal) {
            note(model, String.valueOf(refusal.getMessage()), true);
        }
        return me(model, principal);
    }

    private static void note(Model model, String note, boolean bad) {
        model.addAttribute("note", note);
        model.addAttribute("noteBad", bad);
    }

    private static String list(
            Model model,
            String title,
            String intro,
            String ask,
            @Nullable String empty,
            List<String> heads,
            Lists.Rows rows,
            String text,
            int page) {
        model.addAttribute("title", title);
        model.addAttribute("intro", intro);
        model.addAttribute("ask", ask);
        model.addAttribute("empty", empty);
        model.addAttribute("heads", heads);
        model.addAttribute("rows", rows.rows());
        model.addAttribute("total", rows.total());
        model.addAttribute("text", text);
        model.addAttribute("page", page);
        return "list";
    }
}
