package org.patchboard.web;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.report.Figures;
import org.patchboard.report.Overview;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;

/** Figures as pictures, and as a table to take away. */
@Controller
class ReportPages implements Page {

    private static final MediaType CSV = MediaType.parseMediaType("text/csv;charset=UTF-8");

    private final Figures figures;
    private final Overview overview;
    private final Clock clock;

    ReportPages(Figures figures, Overview overview, Clock clock) {
        this.figures = figures;
        this.overview = overview;
        this.clock = clock;
    }

    /** Both days belong to it. */
    private record Span(LocalDate from, LocalDate to, ZoneId zone) {

        Instant start() {
            return from.atStartOfDay(zone).toInstant();
        }

        Instant end() {
            return to.plusDays(1).atStartOfDay(zone).toInstant();
        }
    }

    @GetMapping("/reports")
    String reports(
            Model model,
            @ModelAttribute("times") Times times,
            @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) @Nullable LocalDate from,
            @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) @Nullable LocalDate to) {
        var span = span(from, to, times.zone());
        model.addAttribute("from", span.from());
        model.addAttribute("to", span.to());
        model.addAttribute("success", figures.success(span.start(), span.end()));
        model.addAttribute("deadlines", figures.deadlinesMet(span.start(), span.end()));
        model.addAttribute("patched", figures.timeToPatch(span.start(), span.end()));
        model.addAttribute("decided", figures.decisionLatency(span.start(), span.end()));
        model.addAttribute("outcomes", figures.outcomes(span.start(), span.end()));
        model.addAttribute("severities", figures.openBySeverity());
        model.addAttribute("residual", figures.residual());
        model.addAttribute("late", overview.late());
        return "reports";
    }

    /** One line a figure; durations in seconds. */
    @GetMapping("/reports.csv")
    ResponseEntity<String> csv(
            @ModelAttribute("times") Times times,
            @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) @Nullable LocalDate from,
            @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) @Nullable LocalDate to) {
        var span = span(from, to, times.zone());
        var csv = new StringBuilder("figure,of,value,whole,median_seconds,ninetieth_seconds\r\n");
        Map.of(
                        "success", figures.success(span.start(), span.end()),
                        "deadline-met", figures.deadlinesMet(span.start(), span.end()),
                        "residual", figures.residual())
                .forEach((figure, shares) ->
                        shares.forEach(share -> line(csv, figure, share.name(), share.part(), share.whole(), "", "")));
        Map.of(
                        "time-to-patch", figures.timeToPatch(span.start(), span.end()),
                        "decision-latency", figures.decisionLatency(span.start(), span.end()))
                .forEach((figure, spans) -> spans.forEach(took -> line(
                        csv,
                        figure,
                        took.name(),
                        took.count(),
                        "",
                        took.median().toSeconds(),
                        took.ninetieth().toSeconds())));
        Map.of("outcome", figures.outcomes(span.start(), span.end()), "open-findings", figures.openBySeverity())
                .forEach((figure, counts) ->
                        counts.forEach(count -> line(csv, figure, count.name(), count.count(), "", "", "")));
        return ResponseEntity.ok()
                .contentType(CSV)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename("patchboard-%s-%s.csv".formatted(span.from(), span.to()))
                                .build()
                                .toString())
                .body(csv.toString());
    }

    private static void line(StringBuilder csv, String figure, String of, Object... values) {
        csv.append(figure).append(",\"").append(of.replace("\"", "\"\"")).append('"');
        for (var value : List.of(values)) {
            csv.append(',').append(value);
        }
        csv.append("\r\n");
    }

    private Span span(@Nullable LocalDate from, @Nullable LocalDate to, ZoneId zone) {
        var last = to == null ? LocalDate.ofInstant(clock.instant(), zone) : to;
        var first = from == null || from.isAfter(last) ? last.minusDays(364) : from;
        return new Span(first, last, zone);
    }
}
