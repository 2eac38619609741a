package org.patchboard.notification;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.patchboard.shared.Moments;
import org.springframework.stereotype.Component;
import org.thymeleaf.TemplateEngine;
import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/**
 * Writes letters from templates on the class path. What people typed is only ever a value: never a template, never a
 * header.
 */
@Component
class Letters {

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("EEE ", Locale.ENGLISH);
    private static final int LONGEST_SUBJECT = 200;

    /** A letter ready to be sent. */
    record Letter(String subject, String text, String html) {}

    /** What one kind of message says around its facts. */
    private record Kind(String subject, String headline, String action) {}

    /** Subjects with the model's values in braces; the body's facts are the same for every kind. */
    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("task-assigned", new Kind("Your turn: {task} – {change.id}", "{task}", "Open the task")),
            Map.entry(
                    "vote-wanted",
                    new Kind("Your vote is wanted – {change.id}", "Your vote is wanted", "Open the ballot")),
            Map.entry(
                    "outcome",
                    new Kind("{outcome} – {change.id}", "The board has decided: {outcome}", "See the votes")),
            Map.entry(
                    "window-booked",
                    new Kind("Window booked – {change.id}", "A maintenance window is booked", "See the change")),
            Map.entry(
                    "window-cancelled",
                    new Kind(
                            "Window cancelled – {change.id}", "The maintenance window is cancelled", "See the change")),
            Map.entry(
                    "ring-result",
                    new Kind("Ring {ring}: {result} – {change.id}", "Ring {ring}: {result}", "See the hosts")),
            Map.entry(
                    "closed",
                    new Kind("Closed: {outcome} – {change.id}", "The change is closed: {outcome}", "See the evidence")),
            Map.entry("reminder", new Kind("Reminder: {task} – {change.id}", "Still waiting: {task}", "Open the task")),
            Map.entry("escalation", new Kind("Escalation: {reason} – {change.id}", "{reason}", "See the change")),
            Map.entry("fault", new Kind("Attention: {reason} – {change.id}", "{reason}", "See the change")),
            Map.entry(
                    "checkpoint",
                    new Kind(
                            "Checkpoint {number} of the audit trail",
                            "Checkpoint {number} of the audit trail, over {entries} deeds",
                            "Take the file")),
            Map.entry(
                    "policy-wanted",
                    new Kind("Your turn: {task} – {policy.id}", "{task}: {policy.title}", "Open the task")),
            Map.entry(
                    "policy-reminder",
                    new Kind("Reminder: {task} – {policy.id}", "Still waiting: {task}", "Open the task")),
            Map.entry(
                    "policy-outcome",
                    new Kind(
                            "{outcome}: {policy.title} – {policy.id}",
                            "{outcome}: {policy.title}",
                            "See the proposal")),
            Map.entry(
                    "exception-expired",
                    new Kind(
                            "An exception has expired – {change.id}",
                            "An accepted risk has expired",
                            "See the change")));

    private final TemplateEngine engine;

    Letters() {
        var spring = new SpringTemplateEngine();
        spring.addTemplateResolver(resolver(".html", TemplateMode.HTML));
        spring.addTemplateResolver(resolver(".txt", TemplateMode.TEXT));
        engine = spring;
    }

    private static ClassLoaderTemplateResolver resolver(String suffix, TemplateMode mode) {
        var resolver = new ClassLoaderTemplateResolver();
        resolver.setPrefix("templates/mail/");
        resolver.setResolvablePatterns(java.util.Set.of("*" + suffix));
        resolver.setTemplateMode(mode);
        resolver.setCharacterEncoding("UTF-8");
        resolver.setCacheable(true);
        return resolver;
    }

    Letter write(String template, Recipient recipient, Map<String, ?> model) {
        var kind = KINDS.get(template);
        if (kind == null) {
            throw new IllegalArgumentException("no mail template " + template);
        }
        var values = flat(model, recipient);
        var context = new Context(Locale.ENGLISH);
        context.setVariable("recipient", recipient);
        context.setVariable("headline", filled(kind.headline(), values));
        context.setVariable("action", kind.action());
        context.setVariable("link", values.getOrDefault("link", values.getOrDefault("change.url", "")));
        context.setVariable("title", values.getOrDefault("change.title", ""));
        context.setVariable("facts", facts(values));
        context.setVariable("text", values.getOrDefault("text", ""));
        return new Letter(
                oneLine(filled(kind.subject(), values)),
                engine.process("letter.txt", context),
                engine.process("letter.html", context));
    }

    /** What a reader wants to know, in the order in which they ask. */
    private static Map<String, String> facts(Map<String, String> values) {
        var labels = new LinkedHashMap<String, String>();
        labels.put("change.id", "Change");
        labels.put("change.maintenanceGroup", "For");
        labels.put("policy.id", "Proposal");
        labels.put("policy.title", "Table");
        labels.put("policy.author", "Proposed by");
        labels.put("policy.reason", "Reason");
        labels.put("change.priority", "Priority");
        labels.put("due", "Due");
        labels.put("change.deadline", "Deadline");
        labels.put("start", "Begins");
        labels.put("end", "Ends");
        labels.put("window", "Window");
        labels.put("ring", "Ring");
        labels.put("result", "Result");
        labels.put("outcome", "Outcome");
        labels.put("reason", "Why");
        labels.put("detail", "Details");
        labels.put("signedAt", "Signed");
        labels.put("digest", "SHA-256");
        labels.put("signature", "Signature");
        labels.put("remedy", "What to do");
        var facts = new LinkedHashMap<String, String>();
        labels.forEach((key, label) -> {
            var value = values.get(key);
            if (value != null && !value.isBlank()) {
                facts.put(label, value);
            }
        });
        return facts;
    }

    private static Map<String, String> flat(Map<String, ?> model, Recipient recipient) {
        var flat = new HashMap<String, String>();
        flatten("", model, recipient, flat);
        return flat;
    }

    private static void flatten(String prefix, Map<?, ?> model, Recipient recipient, Map<String, String> flat) {
        model.forEach((key, value) -> {
            var name = prefix + key;
            if (value instanceof Map<?, ?> inner) {
                flatten(name + ".", inner, recipient, flat);
            } else if (value instanceof Instant instant) {
                flat.put(name, inBothZones(instant, recipient.zone()));
            } else if (value instanceof List<?> list) {
                flat.put(
                        name,
                        String.join("\n", list.stream().map(String::valueOf).toList()));
            } else if (value != null) {
                flat.put(name, value.toString());
            }
        });
    }

    static String inBothZones(Instant instant, String zone) {
        var there = ZoneId.of(zone);
        return DAY.format(instant.atZone(there)) + Moments.in(there, instant) + " (" + Moments.utc(instant) + ")";
    }

    /** Replaces {@code {name}} once, from left to right; a value that contains braces stays what it is. */
    private static String filled(String pattern, Map<String, String> values) {
        var filled = new StringBuilder();
        int at = 0;
        for (int open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', at)) {
            int close = pattern.indexOf('}', open);
            filled.append(pattern, at, open).append(values.getOrDefault(pattern.substring(open + 1, close), ""));
            at = close + 1;
        }
        return filled.append(pattern.substring(at)).toString();
    }

    private static String oneLine(String subject) {
        var line = subject.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() > LONGEST_SUBJECT ? line.substring(0, LONGEST_SUBJECT) : line;
    }
}
