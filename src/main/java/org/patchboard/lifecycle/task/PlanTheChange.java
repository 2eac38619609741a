package org.patchboard.lifecycle.task;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Dossier;
import org.patchboard.lifecycle.engine.Planning;
import org.patchboard.lifecycle.model.PrepareChange;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.stereotype.Component;

/** The coordinator's plan. Its six mandatory texts are those of PCI DSS 4.0.1, 6.5.1. */
@Component
class PlanTheChange implements HumanTask {

    private static final int USUAL_CANARY_PERCENT = 5;
    private static final int USUAL_SOAK_MINUTES = 30;
    private static final int USUAL_SUCCESS_SHARE = 95;
    private static final List<String> KEPT = List.of(
            "strategy",
            "reboot",
            "reason",
            "securityImpact",
            "preChecks",
            "postChecks",
            "backup",
            "backOut",
            "communication");

    private static final int DAY = "2026-12-01".length();

    private final Dossier dossier;
    private final Planning planning;

    PlanTheChange(Dossier dossier, Planning planning) {
        this.dossier = dossier;
        this.planning = planning;
    }

    @Override
    public String key() {
        return PrepareChange.PLAN;
    }

    @Override
    public Duty duty() {
        return Duty.PLAN;
    }

    @Override
    public List<Field> fields() {
        return List.of(
                Field.choice("strategy", "canary", "phased", "rolling", "hotfix", "mass")
                        .required("Choose how the hosts are taken."),
                Field.number("canaryPercent").required("Say how many percent of the hosts go first."),
                Field.number("soakMinutes").required("Say how long a ring is watched, in minutes."),
                Field.number("successShare").required("Say which share of hosts must succeed, in percent."),
                Field.choice("reboot", "if-required", "never", "always").required("Choose when hosts are restarted."),
                Field.text("earliest"),
                Field.text("reason").required("Give the reason for the change."),
                Field.text("securityImpact").required("State the security impact."),
                Field.text("preChecks").required("Name the checks before the installation."),
                Field.text("postChecks").required("Name the checks after the installation."),
                Field.text("backup").required("Say how what is there can be restored."),
                Field.text("backOut").required("Describe the way back."),
                Field.text("communication").required("Say who is told, and how."));
    }

    @Override
    public Map<String, Object> summary(ChangeId change, DelegateTask task) {
        var summary = new LinkedHashMap<>(dossier.risk(change));
        summary.put("plan", dossier.plan(change));
        summary.put("statements", dossier.statements(change));
        summary.put("conflicts", dossier.conflicts(change));
        summary.put(
                "proposal",
                planning.proposal(change).stream()
                        .map(ring -> Map.of(
                                "ring",
                                ring.name(),
                                "hosts",
                                ring.hosts().size(),
                                "names",
                                String.join(
                                        ", ",
                                        ring.hosts().stream()
                                                .limit(20)
                                                .map(h -> h.name())
                                                .toList())))
                        .toList());
        return summary;
    }

    /** What is usual, or what the earlier plan said: a plan that comes back is mended, not written anew. */
    @Override
    public Map<String, Object> prefilled(ChangeId change, DelegateTask task) {
        var answers = new HashMap<String, Object>();
        answers.put("canaryPercent", USUAL_CANARY_PERCENT);
        answers.put("soakMinutes", USUAL_SOAK_MINUTES);
        answers.put("successShare", USUAL_SUCCESS_SHARE);
        var earlier = dossier.plan(change);
        for (var field : KEPT) {
            if (earlier.containsKey(field)) {
                answers.put(field, earlier.get(field));
            }
        }
        return answers;
    }

    @Override
    public void done(ChangeId change, Actor actor, Answers answers, DelegateTask task) {
        planning.store(
                change,
                new Planning.Choices(
                        answers.text("strategy"),
                        whole(answers, "canaryPercent"),
                        Duration.ofMinutes(whole(answers, "soakMinutes")),
                        whole(answers, "successShare"),
                        answers.text("reboot"),
                        instant(answers.text("earliest"), planning.zone(change)),
                        answers.text("preChecks"),
                        answers.text("postChecks"),
                        answers.text("backup"),
                        answers.text("backOut"),
                        answers.text("communication"),
                        answers.text("reason"),
                        answers.text("securityImpact")),
                actor);
        PrepareChange.IMPACT_ACCEPTED.set(task.getExecution(), true);
    }

    private static int whole(Answers answers, String key) {
        return (int) Math.round(answers.number(key).orElseThrow());
    }

    /** A day, a day with the hour, or an instant with its offset; empty stays empty. */
    private static String instant(String text, ZoneId zone) {
        var written = text.replace(' ', 'T');
        try {
            if (text.isEmpty()) {
                return text;
            }
            if (written.length() == DAY) {
                return LocalDate.parse(written).atStartOfDay(zone).toInstant().toString();
            }
            return written.matches(".*(Z|[+-]\\d\\d:\\d\\d)")
                    ? OffsetDateTime.parse(written).toInstant().toString()
                    : LocalDateTime.parse(written).atZone(zone).toInstant().toString();
        } catch (DateTimeParseException e) {
            throw Refusal.incomplete("\"Not before\" is a day such as 2026-12-01, with an hour when it matters"
                    + " (2026-12-01 22:00, in %s), or empty.".formatted(zone));
        }
    }
}
