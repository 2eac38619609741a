package org.patchboard.rollout;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.patchboard.audit.AuditTrail;
import org.patchboard.rollout.TestRun.HostTest;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Tests of a plan: a dry run on the first ring that is not the lab, and the installation on the lab ring when the plan
 * has one and a machine does it. The result comes as {@link TestFinished}.
 */
@UseCase
public class TestRuns {

    private static final Actor ACTOR = Actor.system("rollout");

    private final JdbcClient jdbc;
    private final RingLedger ledger;
    private final HostOrders orders;
    private final AuditTrail audit;
    private final Clock clock;

    TestRuns(JdbcClient jdbc, RingLedger ledger, HostOrders orders, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.ledger = ledger;
        this.orders = orders;
        this.audit = audit;
        this.clock = clock;
    }

    /** What a test does on one ring. */
    public record Part(int ring, Action action) {}

    /** What a test of the plan would do now; nothing while one is running. */
    public List<Part> wanted(ChangeId change, int revision) {
        if (latest(change, revision)
                .filter(run -> run.state().equals("running"))
                .isPresent()) {
            return List.of();
        }
        var rings = ledger.all(change, revision);
        return Stream.concat(
                        rings.stream()
                                .filter(ring -> !ring.kind().equals("lab"))
                                .findFirst()
                                .or(() -> rings.stream().findFirst())
                                .map(first -> new Part(first.number(), Action.DRY_RUN))
                                .stream(),
                        rings.stream()
                                .filter(TestRuns::isInstalledInTheLab)
                                .map(lab -> new Part(lab.number(), Action.INSTALL)))
                .toList();
    }

    private static boolean isInstalledInTheLab(Ring ring) {
        return ring.kind().equals("lab") && !ring.deployer().equals("manual");
    }

    /** Orders the test of a plan whose rings have been cut; while one is running, nothing more is ordered. */
    public void order(ChangeId change, int revision) {
        var rings = ledger.all(change, revision);
        if (rings.isEmpty()) {
            throw new IllegalStateException("%s revision %d has no rings to test".formatted(change, revision));
        }
        rings.forEach(ring -> ledger.lock(change, revision, ring.number()));
        if (latest(change, revision)
                .filter(run -> run.state().equals("running"))
                .isPresent()) {
            return;
        }
        jdbc.sql("""
                        insert into test_run (change_id, revision, number, state, started_at)
                        values (:change, :revision,
                                (select coalesce(max(number), 0) + 1 from test_run
                                  where change_id = :change and revision = :revision), 'running', :now)""")
                .param("change", change.value())
                .param("revision", revision)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        audit.record(change, ACTOR, "test-run-ordered", "revision " + revision, Map.of());
        var first = rings.stream()
                .filter(ring -> !ring.kind().equals("lab"))
                .findFirst()
                .orElse(rings.get(0));
        orders.order(
                first, Action.DRY_RUN, "test", List.of("planned", "ordered", "installed", "failed", "unreachable"));
        rings.stream().filter(TestRuns::isInstalledInTheLab).forEach(this::installInTheLab);
    }

    private void installInTheLab(Ring lab) {
        jdbc.sql("""
                        update ring set state = 'running', started_at = coalesce(started_at, :now), stopped_at = null,
                                        stopped_why = null, finished_at = null
                         where change_id = :change and revision = :revision and number = :number""")
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("change", lab.change().value())
                .param("revision", lab.revision())
                .param("number", lab.number())
                .update();
        orders.order(lab, Action.INSTALL, "test", List.of("planned", "ordered", "installed", "failed", "unreachable"));
    }

    /** The newest test of this revision. */
    public Optional<TestRun> latest(ChangeId change, int revision) {
        return jdbc.sql("""
                        select number, state, summary, started_at, finished_at from test_run
                         where change_id = ? and revision = ? order by number desc limit 1""")
                .param(change.value())
                .param(revision)
                .query((row, number) -> {
                    var finished = row.getTimestamp("finished_at");
                    var run = row.getInt("number");
                    return new TestRun(
                            change,
                            revision,
                            run,
                            row.getString("state"),
                            row.getString("summary"),
                            row.getTimestamp("started_at").toInstant(),
                            finished == null ? null : finished.toInstant(),
                            hosts(change, revision, run),
                            log(change, revision, run));
                })
                .optional();
    }

    private List<HostTest> hosts(ChangeId change, int revision, int run) {
        return jdbc.sql("""
                        select r.name as ring, a.name as host, o.action,
                               coalesce(o.results -> a.id::text ->> 'state', '') as state,
                               coalesce(o.results -> a.id::text ->> 'detail', o.fault, '') as detail
                          from host_order o
                          join ring r on r.change_id = o.change_id and r.revision = o.revision and r.number = o.ring
                          join asset a on a.id = any(o.assets)
                         where o.change_id = ? and o.revision = ? and o.purpose = 'test' and o.attempt = ?
                         order by r.number, o.action, a.name""")
                .param(change.value())
                .param(revision)
                .param(run)
                .query(HostTest.class)
                .list();
    }

    private String log(ChangeId change, int revision, int run) {
        return String.join(
                "\n",
                jdbc.sql("""
                        select coalesce(log, '') from host_order
                         where change_id = ? and revision = ? and purpose = 'test' and attempt = ?
                         order by ring, action, batch""")
                        .param(change.value())
                        .param(revision)
                        .param(run)
                        .query(String.class)
                        .list());
    }
}
