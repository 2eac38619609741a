package org.patchboard.web;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.audit.ChainVerifier;
import org.patchboard.audit.Checkpoints;
import org.patchboard.identity.People;
import org.patchboard.identity.Team;
import org.patchboard.notification.Outbox;
import org.patchboard.report.Lists;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Assets, findings, messages and the trail. */
@Controller
class ListPages implements Page {

    private static final int PAGE = 50;

    private final Lists lists;
    private final People people;
    private final Outbox outbox;
    private final ChainVerifier verifier;
    private final Checkpoints checkpoints;
    private final AuditTrail audit;
    private final TransactionTemplate transaction;

    ListPages(
            Lists lists,
            People people,
            Outbox outbox,
            ChainVerifier verifier,
            Checkpoints checkpoints,
            AuditTrail audit,
            TransactionTemplate transaction) {
        this.lists = lists;
        this.people = people;
        this.outbox = outbox;
        this.verifier = verifier;
        this.checkpoints = checkpoints;
        this.audit = audit;
        this.transaction = transaction;
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
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "0") int page) {
        var keeper = people.isMember(principal.getName(), Team.ADMINISTRATORS);
        var all = keeper || people.isMember(principal.getName(), Team.AUDITORS);
        model.addAttribute("all", all);
        model.addAttribute("mayResend", keeper);
        model.addAttribute("state", state);
        model.addAttribute(
                "messages",
                outbox.page(all ? null : principal.getName(), state.isBlank() ? null : state, Math.max(0, page), PAGE));
        return "messages";
    }

    @PostMapping("/notifications/{id}/resend")
    String resend(RedirectAttributes flash, Principal principal, @PathVariable UUID id) {
        if (!people.isMember(principal.getName(), Team.ADMINISTRATORS)) {
            throw Refusal.forbidden("Only an administrator sends a message again.");
        }
        return Page.attempt(
                flash,
                "/notifications?state=dead",
                "The message is tried again.",
                () -> transaction.executeWithoutResult(status -> {
                    outbox.resend(id);
                    audit.record(
                            "messages", Actor.person(principal.getName()), "message-resent", id.toString(), Map.of());
                }));
    }

    @GetMapping("/audit")
    String audit(
            Model model,
            Principal principal,
            @RequestParam(defaultValue = "") String text,
            @RequestParam(defaultValue = "0") int page) {
        if (!people.isMember(principal.getName(), Team.AUDITORS)) {
            throw Refusal.forbidden("Only auditors read the trail; what concerns a change is on its page.");
        }
        // Reads of the record are part of the record.
        transaction.executeWithoutResult(status -> audit.record(
                "audit-reads",
                Actor.person(principal.getName()),
                "audit-read",
                text.isEmpty() ? "everything" : text,
                Map.of("page", page)));
        var fault = verifier.firstFault().or(checkpoints::firstFault);
        model.addAttribute(
                "checkpoint",
                checkpoints.page(0, 1).items().stream().findFirst().orElse(null));
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
