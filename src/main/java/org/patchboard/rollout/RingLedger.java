package org.patchboard.rollout;

import static java.util.stream.Collectors.groupingBy;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.rollout.RingPlan.PlannedStep;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of rings and what follows when the last host of one is in. Every method runs in the caller's transaction. */
@Repository
class RingLedger {

    private static final Actor ACTOR = Actor.system("rollout");

    private static final String RING = """
            select change_id, revision, number, name, kind, state, extract(epoch from soak)::bigint as soak,
                   success_share, deployer, digest, started_at, finished_at, stopped_why, halted_at
              from ring
            """;

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    RingLedger(JdbcClient jdbc, AuditTrail audit, ApplicationEventPublisher events, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.events = events;
        this.clock = clock;
    }

    /** How a ring's hosts are doing; excluded ones do not count. */
    record Tally(int hosts, int installed, int planned, int vital) {}

    /** The ring, its row locked until the end of the transaction: results of one ring are settled one after another. */
    Ring lock(ChangeId change, int revision, int ring) {
        return jdbc.sql(RING + "where change_id = ? and revision = ? and number = ? for update")
                .param(change.value())
                .param(revision)
                .param(ring)
                .query((row, number) -> ring(row))
                .optional()
                .orElseThrow(() ->
                        new IllegalStateException("%s revision %d has no ring %d".formatted(change, revision, ring)));
    }

    Optional<Ring> find(ChangeId change, int revision, int ring) {
        return all(change, revision).stream().filter(it -> it.number() == ring).findFirst();
    }

    List<Ring> all(ChangeId change, int revision) {
        return jdbc.sql(RING + "where change_id = ? and revision = ? order by number")
                .param(change.value())
                .param(revision)
                .query((row, number) -> ring(row))
                .list();
    }

    List<RingHost> hosts(ChangeId change, int revision, int ring) {
        record Line(long asset, PlannedStep step) {}
        var steps = jdbc
                .sql("""
                        select s.asset, s.ecosystem, s.package, s.from_version, s.to_version
                          from ring_step s
                          join ring_host h on h.change_id = s.change_id and h.revision = s.revision and h.asset = s.asset
                         where h.change_id = ? and h.revision = ? and h.ring = ?
                         order by s.ecosystem, s.package""")
                .param(change.value())
                .param(revision)
                .param(ring)
                .query((row, number) -> new Line(
                        row.getLong("asset"),
                        new PlannedStep(
                                row.getString("ecosystem"),
                                row.getString("package"),
                                row.getString("from_version"),
                                row.getString("to_version"))))
                .list()
                .stream()
                .collect(groupingBy(Line::asset));
        return jdbc.sql("""
                        select h.asset, a.name, h.state, h.reboot_pending, coalesce(h.detail, '') as detail
                          from ring_host h join asset a on a.id = h.asset
                         where h.change_id = ? and h.revision = ? and h.ring = ?
                         order by a.name""")
                .param(change.value())
                .param(revision)
                .param(ring)
                .query((row, number) -> new RingHost(
                        new AssetId(row.getLong("asset")),
                        row.getString("name"),
                        row.getString("state"),
                        row.getBoolean("reboot_pending"),
                        row.getString("detail"),
                        steps.getOrDefault(row.getLong("asset"), List.of()).stream()
                                .map(Line::step)
                                .toList()))
                .list();
    }

    /** Whether batches of the ring are queued or on their way, whatever they are for. */
    boolean isUnderWay(Ring ring) {
        return jdbc.sql("""
                        select exists (select from host_order
                         where change_id = ? and revision = ? and ring = ? and state in ('intended', 'ordered'))""")
                .param(ring.change().value())
                .param(ring.revision())
                .param(ring.number())
                .query(Boolean.class)
                .single();
    }

    /** Why no host of the ring may be started now; empty when they may. */
    Optional<String> whyNoMoreHosts(Ring ring) {
        if (ring.stoppedWhy() != null) {
            return Optional.of(ring.stoppedWhy());
        }
        if (ring.state().equals("halted")) {
            return Optional.of("the ring was halted");
        }
        // A queue may be late: what was ordered inside the window must not start after it.
        return jdbc.sql("""
                        select ends_at from booking
                         where change_id = ? and state in ('booked', 'used') order by sequence desc limit 1""")
                .param(ring.change().value())
                .query((row, number) -> row.getTimestamp(1).toInstant())
                .optional()
                .filter(end -> !clock.instant().isBefore(end))
                .map(end -> "the maintenance window ended at " + end);
    }

    void halt(Ring ring, String why) {
        jdbc.sql("""
                        update ring
                           set state = 'halted', halted_at = :now, stopped_at = coalesce(stopped_at, :now),
                               stopped_why = coalesce(stopped_why, :why)
                         where change_id = :change and revision = :revision and number = :number""")
                .param("now", now())
                .param("why", why)
                .param("change", ring.change().value())
                .param("revision", ring.revision())
                .param("number", ring.number())
                .update();
    }

    void moveTo(Ring ring, String state) {
        jdbc.sql("""
                        update ring set state = :state, finished_at = :now
                         where change_id = :change and revision = :revision and number = :number""")
                .param("state", state)
                .param("now", now())
                .param("change", ring.change().value())
                .param("revision", ring.revision())
                .param("number", ring.number())
                .update();
    }

    Tally tally(Ring ring) {
        return jdbc.sql("""
                        select count(*) filter (where h.state <> 'excluded') as hosts,
                               count(*) filter (where h.state = 'installed') as installed,
                               count(*) filter (where h.state = 'planned') as planned,
                               count(*) filter (where h.state = 'failed' and a.criticality = 'very-high') as vital
                          from ring_host h join asset a on a.id = h.asset
                         where h.change_id = ? and h.revision = ? and h.ring = ?""")
                .param(ring.change().value())
                .param(ring.revision())
                .param(ring.number())
                .query(Tally.class)
                .single();
    }

    /** Whether the gate lets the ring through, and if not, why. */
    Optional<String> against(Ring ring) {
        return HealthGate.against(tally(ring), ring.successShare());
    }

    /** After a batch is closed: if it was the last one, what becomes of the ring or of the test. */
    void settle(Ring before, OrderKey key, String purpose) {
        if (purpose.equals("test")) {
            settleTest(before, key);
            return;
        }
        if (open(before, key.action()) || awaitsPersons(before, key)) {
            return;
        }
        var ring = lock(before.change(), before.revision(), before.number());
        if (key.action() == Action.BACK_OUT) {
            moveTo(ring, "backed-out");
            var clean = failedBackOuts(ring) == 0;
            tell(ring, "ring-backed-out", Map.of("clean", clean));
            events.publishEvent(new RingBackedOut(ring.change(), ring.revision(), ring.number(), clean));
            return;
        }
        if (ring.state().equals("running")) {
            judge(ring);
        }
        var passed = lock(ring.change(), ring.revision(), ring.number()).healthy();
        events.publishEvent(new RingFinished(ring.change(), ring.revision(), ring.number(), passed));
    }

    /** The health gate. */
    void judge(Ring ring) {
        var tally = tally(ring);
        var against = HealthGate.against(tally, ring.successShare());
        var content = new LinkedHashMap<String, Object>();
        content.put("hosts", tally.hosts());
        content.put("installed", tally.installed());
        content.put("successShare", ring.successShare());
        against.ifPresent(why -> content.put("against", why));
        if (against.isPresent()) {
            halt(ring, against.get());
            tell(ring, "ring-halted", content);
        } else {
            moveTo(ring, ring.soak().isZero() ? "passed" : "soaking");
            tell(ring, "ring-finished", content);
        }
    }

    private void tell(Ring ring, String action, Map<String, Object> content) {
        audit.record(ring.change(), ACTOR, action, label(ring), content);
    }

    static String label(Ring ring) {
        return "ring %d %s of revision %d".formatted(ring.number(), ring.name(), ring.revision());
    }

    private boolean open(Ring ring, Action action) {
        return jdbc.sql("""
                        select exists (select from host_order
                         where change_id = ? and revision = ? and ring = ? and action = ? and purpose = 'rollout'
                           and state in ('intended', 'ordered'))""")
                .param(ring.change().value())
                .param(ring.revision())
                .param(ring.number())
                .param(OrderKey.column(action))
                .query(Boolean.class)
                .single();
    }

    private boolean awaitsPersons(Ring ring, OrderKey key) {
        var waiting = waiting(ring);
        if (waiting > 0) {
            events.publishEvent(new HandsWanted(ring.change(), ring.revision(), ring.number(), key.action()));
        }
        return waiting > 0;
    }

    /** Hosts that a person has been asked to see to. */
    int waiting(Ring ring) {
        return countHosts(ring, "ordered") + countHosts(ring, "backing-out");
    }

    private int failedBackOuts(Ring ring) {
        return countHosts(ring, "back-out-failed");
    }

    private int countHosts(Ring ring, String state) {
        return jdbc.sql(
                        "select count(*) from ring_host where change_id = ? and revision = ? and ring = ? and state = ?")
                .param(ring.change().value())
                .param(ring.revision())
                .param(ring.number())
                .param(state)
                .query(Integer.class)
                .single();
    }

    private void settleTest(Ring before, OrderKey key) {
        // Lab and canary are tested at the same time: their last batches settle one after the other.
        var run = jdbc.sql("""
                        select number from test_run
                         where change_id = ? and revision = ? and state = 'running' for update""")
                .param(key.change().value())
                .param(key.revision())
                .query(Integer.class)
                .optional();
        var open = jdbc.sql("""
                        select exists (select from host_order where change_id = ? and revision = ? and purpose = 'test'
                           and state in ('intended', 'ordered'))""")
                .param(key.change().value())
                .param(key.revision())
                .query(Boolean.class)
                .single();
        if (run.isEmpty() || open) {
            return;
        }
        if (key.action() == Action.INSTALL) {
            judge(before);
        } else {
            all(key.change(), key.revision()).stream()
                    .filter(ring -> ring.kind().equals("lab") && ring.state().equals("running"))
                    .forEach(this::judge);
        }
        var outcome = testOutcome(key.change(), key.revision(), run.get());
        jdbc.sql("""
                        update test_run set state = :state, summary = :summary, finished_at = :now
                         where change_id = :change and revision = :revision and number = :number""")
                .param("state", outcome.passed() ? "passed" : "failed")
                .param("summary", outcome.summary())
                .param("now", now())
                .param("change", key.change().value())
                .param("revision", key.revision())
                .param("number", run.get())
                .update();
        audit.record(
                key.change(),
                ACTOR,
                "test-run-finished",
                "test %d of revision %d".formatted(run.get(), key.revision()),
                Map.of("passed", outcome.passed(), "summary", outcome.summary()));
        events.publishEvent(new TestFinished(key.change(), key.revision(), outcome.passed(), outcome.summary()));
    }

    private record Outcome(boolean passed, String summary) {}

    private Outcome testOutcome(ChangeId change, int revision, int attempt) {
        record Part(
                String ring,
                String action,
                int hosts,
                int done,
                @Nullable String fault,
                boolean healthy) {}
        var parts = jdbc.sql("""
                        select r.name as ring, o.action, sum(cardinality(o.assets))::int as hosts,
                               coalesce(sum((select count(*) from jsonb_each(o.results) e
                                     where e.value ->> 'state' = 'DONE')), 0)::int as done,
                               max(o.fault) as fault,
                               bool_and(r.state in ('soaking', 'passed')) as healthy
                          from host_order o
                          join ring r on r.change_id = o.change_id and r.revision = o.revision and r.number = o.ring
                         where o.change_id = ? and o.revision = ? and o.purpose = 'test' and o.attempt = ?
                         group by r.number, r.name, o.action order by r.number, o.action""")
                .param(change.value())
                .param(revision)
                .param(attempt)
                .query(Part.class)
                .list();
        var passed = true;
        var summary = new StringBuilder();
        for (var part : parts) {
            var dryRun = part.action().equals("dry-run");
            passed &= part.fault() == null && (dryRun ? part.done() == part.hosts() : part.healthy());
            summary.append("%s on ring %s: %d of %d hosts went well%s. "
                    .formatted(
                            dryRun ? "Dry run" : "Installation",
                            part.ring(),
                            part.done(),
                            part.hosts(),
                            part.fault() == null ? "" : ", " + part.fault()));
        }
        return new Outcome(passed && !parts.isEmpty(), summary.toString().strip());
    }

    private static Ring ring(ResultSet row) throws SQLException {
        return new Ring(
                new ChangeId(row.getString("change_id")),
                row.getInt("revision"),
                row.getInt("number"),
                row.getString("name"),
                row.getString("kind"),
                row.getString("state"),
                Duration.ofSeconds(row.getLong("soak")),
                row.getInt("success_share"),
                row.getString("deployer"),
                row.getString("digest"),
                instant(row.getTimestamp("started_at")),
                instant(row.getTimestamp("finished_at")),
                row.getString("stopped_why"),
                instant(row.getTimestamp("halted_at")));
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
