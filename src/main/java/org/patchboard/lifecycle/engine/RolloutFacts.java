package org.patchboard.lifecycle.engine;

import static java.util.stream.Collectors.joining;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.patchboard.exception.RiskExceptions;
import org.patchboard.rollout.RingHost;
import org.patchboard.rollout.Rings;
import org.patchboard.rollout.Verifications.Purpose;
import org.patchboard.rollout.Verifications.Seen;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.EndOfDay;
import org.patchboard.shared.Refusal;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What forms of the roll-out show, and how what people write in them is read. */
@Component
public class RolloutFacts {

    /** A form is no place for ten thousand rows; the change's page has them all. */
    private static final int MOST_ROWS = 300;

    private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE;

    private final Rollouts rollouts;
    private final Rings rings;
    private final RiskExceptions exceptions;
    private final Dossier dossier;
    private final JdbcClient jdbc;
    private final Clock clock;

    RolloutFacts(
            Rollouts rollouts, Rings rings, RiskExceptions exceptions, Dossier dossier, JdbcClient jdbc, Clock clock) {
        this.rollouts = rollouts;
        this.rings = rings;
        this.exceptions = exceptions;
        this.dossier = dossier;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Why the gate of a ring was last found closed. */
    public List<String> gateReasons(ChangeId change, int ring) {
        return jdbc.sql("""
                        select reasons from gate_answer where change_id = ? and ring = ? order by at desc, id desc limit 1""")
                .param(change.value())
                .param(ring)
                .query((row, number) -> List.of((String[]) row.getArray(1).getArray()))
                .optional()
                .orElse(List.of());
    }

    /** A ring and its hosts, those that need somebody first. */
    public Map<String, Object> ring(ChangeId change, int number) {
        var ring = rollouts.ring(change, number);
        var hosts = rings.hosts(change, ring.revision(), number);
        var summary = new LinkedHashMap<String, Object>();
        summary.put("ring", rollouts.describe(ring));
        summary.put("fault", rings.fault(ring).orElse(""));
        summary.put("underWay", rings.isUnderWay(ring));
        summary.put(
                "hosts",
                hosts.stream()
                        .sorted(Comparator.comparing(
                                        (RingHost host) -> host.state().equals("installed")
                                                || host.state().equals("excluded"))
                                .thenComparing(RingHost::name))
                        .limit(MOST_ROWS)
                        .map(host -> Map.<String, Object>of(
                                "name", host.name(),
                                "state", host.state(),
                                "detail", host.detail(),
                                "steps", steps(host, false)))
                        .toList());
        return summary;
    }

    /** What a person is to do on these hosts. */
    public Map<String, Object> toDo(ChangeId change, int number, List<RingHost> hosts, boolean back) {
        var summary = new LinkedHashMap<String, Object>();
        summary.put("ring", rollouts.describe(rollouts.ring(change, number)));
        summary.put(
                "hosts",
                hosts.stream()
                        .limit(MOST_ROWS)
                        .map(host -> Map.<String, Object>of("name", host.name(), "steps", steps(host, back)))
                        .toList());
        return summary;
    }

    /** Hosts of a ring whose back-out failed, by the deployer's word or by what was seen. */
    public Map<String, Object> notBack(ChangeId change, int number) {
        var ring = rollouts.ring(change, number);
        var rows = new ArrayList<Map<String, Object>>();
        rings.hosts(change, ring.revision(), number).stream()
                .filter(host -> host.state().equals("back-out-failed"))
                .limit(MOST_ROWS)
                .forEach(host ->
                        rows.add(Map.of("name", host.name(), "steps", steps(host, true), "detail", host.detail())));
        rollouts.notBack(change).stream()
                .limit(MOST_ROWS)
                .forEach(seen -> rows.add(Map.of(
                        "name", seen.host(),
                        "steps", seen.name() + " " + seen.wantedVersion(),
                        "detail", "seen: " + version(seen) + ". " + seen.detail())));
        var summary = new LinkedHashMap<String, Object>();
        summary.put("ring", rollouts.describe(ring));
        summary.put("hosts", rows);
        summary.put("fault", rollouts.lookFault(change, Purpose.BACK_OUT));
        return summary;
    }

    /** What was seen on the hosts of a change, what is not fixed first. */
    public Map<String, Object> seen(ChangeId change) {
        var seen = rollouts.seen(change);
        var summary = new LinkedHashMap<String, Object>();
        summary.put("fault", rollouts.lookFault(change, Purpose.FIXED));
        summary.put("total", seen.size());
        summary.put("settled", seen.stream().filter(Seen::settled).count());
        summary.put(
                "hosts",
                seen.stream()
                        .sorted(Comparator.comparing(Seen::settled))
                        .limit(MOST_ROWS)
                        .map(RolloutFacts::row)
                        .toList());
        summary.put(
                "exceptions",
                exceptions.inForce(change).stream()
                        .map(it -> Map.<String, Object>of(
                                "host", it.assetName() == null ? "the whole change" : it.assetName(),
                                "reason", it.reason(),
                                "acceptedBy", it.acceptedBy(),
                                "until", DAY.format(it.until().atOffset(ZoneOffset.UTC))))
                        .toList());
        return summary;
    }

    /** What the owner of a risk decides on. */
    public Map<String, Object> residualRisk(ChangeId change) {
        var summary = new HashMap<>(seen(change));
        summary.put(
                "hosts",
                rollouts.residual(change).stream()
                        .limit(MOST_ROWS)
                        .map(RolloutFacts::row)
                        .toList());
        exceptions.open(change).ifPresent(request -> {
            summary.put("reason", request.reason());
            summary.put("control", request.control());
            summary.put("requestedBy", dossier.name(request.requestedBy()));
        });
        summary.put(
                "latest",
                DAY.format(clock.instant().plus(exceptions.longest(change)).atOffset(ZoneOffset.UTC)));
        return summary;
    }

    /**
     * Hosts by the names that a person wrote, separated by line, comma or space.
     *
     * @throws Refusal when one of them is none of these hosts
     */
    public List<AssetId> hosts(List<RingHost> hosts, String names) {
        var byName = new HashMap<String, AssetId>();
        hosts.forEach(host -> byName.put(host.name(), host.asset()));
        var found = new ArrayList<AssetId>();
        for (var name : names.split("[\\s,;]+")) {
            if (name.isEmpty()) {
                continue;
            }
            var asset = byName.get(name);
            if (asset == null) {
                throw Refusal.incomplete("\"%s\" is none of the hosts listed.".formatted(name));
            }
            found.add(asset);
        }
        return found;
    }

    /**
     * The end of the day named, UTC.
     *
     * @throws Refusal when no day is named
     */
    public Instant endOfDay(String day) {
        try {
            return EndOfDay.of(day, ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            throw new Refusal(
                    Refusal.Kind.INCOMPLETE, "Choose the day on which the exception ends, such as 2027-01-31.");
        }
    }

    /** The end of the window booked for a change; a year from now when none is, which only an open gate allows. */
    public Instant windowEnd(ChangeId change) {
        return jdbc.sql("""
                        select ends_at from booking where change_id = ? and state in ('booked', 'used')
                         order by sequence desc limit 1""")
                .param(change.value())
                .query((row, number) -> row.getTimestamp(1).toInstant())
                .optional()
                .orElseGet(() -> clock.instant().plus(Duration.ofDays(365)));
    }

    /** A day for what is exploited or critical, else seven, counted from the first look. */
    public Instant verificationDue(ChangeId change) {
        var urgent = jdbc.sql("""
                        select c.priority = 'critical' or exists (
                                 select from change_vulnerability v join kev_entry k on k.cve = v.cve
                                  where v.change_id = c.id and k.withdrawn_at is null)
                          from change_record c where c.id = ?""")
                .param(change.value())
                .query(Boolean.class)
                .optional()
                .orElse(false);
        var from = jdbc.sql("""
                        select started_at from verification_run where change_id = ? and purpose = 'fixed'
                         order by number limit 1""")
                .param(change.value())
                .query((row, number) -> row.getTimestamp(1).toInstant())
                .optional()
                .orElseGet(clock::instant);
        return from.plus(Duration.ofDays(urgent ? 1 : 7));
    }

    private static Map<String, Object> row(Seen seen) {
        return Map.of(
                "host", seen.host(),
                "package", seen.name(),
                "wanted", seen.wantedVersion(),
                "seen", version(seen),
                "verdict", seen.settled() ? "fixed" : seen.fixed() ? "restart pending" : "not fixed",
                "source", seen.source(),
                "detail", seen.detail());
    }

    private static String version(Seen seen) {
        return seen.seenVersion() == null ? "nothing" : seen.seenVersion();
    }

    private static String steps(RingHost host, boolean back) {
        return host.steps().stream()
                .map(step -> back
                        ? step.name() + " " + (step.from().isEmpty() ? "removed" : step.from())
                        : step.name() + " " + step.from() + " → " + step.to())
                .collect(joining(", "));
    }
}
