package org.patchboard.lifecycle.task;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.exception.ExceptionRequests;
import org.patchboard.lifecycle.engine.Dossier;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.springframework.stereotype.Component;

/** What the forms about an exception show. */
@Component
class ExceptionFacts {

    private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE;

    private final Dossier dossier;
    private final ExceptionRequests requests;
    private final ExceptionProcesses processes;

    ExceptionFacts(Dossier dossier, ExceptionRequests requests, ExceptionProcesses processes) {
        this.dossier = dossier;
        this.requests = requests;
        this.processes = processes;
    }

    Map<String, Object> of(long id) {
        var request = requests.get(id);
        var basis = requests.basis(request);
        var renews = request.renews();
        var summary = new LinkedHashMap<>(dossier.risk(request.change()));
        summary.put("kind", words(request.kind()));
        summary.put("hosts", String.join(", ", processes.hosts(request)));
        summary.put("requestedBy", dossier.name(request.requestedBy()));
        summary.put("wanted", day(request.wantedUntil()));
        summary.put("latest", day(requests.latest(request)));
        summary.put("reason", request.reason());
        summary.put("control", request.control().isEmpty() ? "nothing" : request.control());
        summary.put("controlCheck", day(request.checkAt()));
        summary.put("exitPlan", request.exitPlan().isEmpty() ? "none given" : request.exitPlan());
        summary.put("vex", request.vex().isEmpty() ? "none" : request.vex());
        summary.put("exploited", basis.exploited() ? "yes" : "no");
        summary.put("exposure", basis.exposure());
        summary.put("residualRisk", request.residualRisk());
        summary.put(
                "renewal",
                renews == null
                        ? ""
                        : "It renews request %d; a renewal is decided as if it were new, and at most twice."
                                .formatted(renews));
        summary.put(
                "opinion", request.opinion() == null ? "nothing" : request.opinion() + ": " + request.opinionText());
        summary.put(
                "rule",
                "a risk that is %s is carried by %s, for %s days at most%s"
                        .formatted(
                                request.residualRisk(),
                                String.join(" or ", request.authority()),
                                request.maxDays() == null ? "?" : request.maxDays(),
                                request.opinionBinds() ? ", and not without a favourable opinion of security" : ""));
        var granted = requests.granted(id).stream().findFirst();
        summary.put(
                "acceptedBy", granted.map(exception -> exception.acceptedBy()).orElse(""));
        summary.put("until", granted.map(exception -> day(exception.until())).orElse(""));
        return summary;
    }

    /** {@code risk-acceptance} → "Risk acceptance". */
    private static String words(String kind) {
        return kind.substring(0, 1).toUpperCase(Locale.ROOT) + kind.substring(1).replace('-', ' ');
    }

    private static String day(@Nullable Instant instant) {
        return Optional.ofNullable(instant)
                .map(date -> DAY.format(date.atOffset(ZoneOffset.UTC)))
                .orElse("no date");
    }
}
