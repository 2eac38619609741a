package org.patchboard.rollout;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.patchboard.audit.AuditTrail;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.rollout.spi.Deployer.RebootPolicy;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The rings of a change: cut from its plan, ordered, halted, backed out. An order only writes the intent and queues it;
 * the hosts are worked on after the caller's transaction has committed.
 */
@UseCase
public class Rings {

    private static final Actor ACTOR = Actor.system("rollout");

    private final JdbcClient jdbc;
    private final RingLedger ledger;
    private final HostOrders orders;
    private final AuditTrail audit;
    private final Clock clock;

    Rings(JdbcClient jdbc, RingLedger ledger, HostOrders orders, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.ledger = ledger;
        this.orders = orders;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Cuts the rings of a plan. A second time for the same revision changes nothing.
     *
     * @param digest of the plan, SHA-256 in hex
     * @param deployer the maintenance group's
     */
    public void plan(
            ChangeId change, int revision, String digest, String deployer, RebootPolicy reboot, List<RingPlan> rings) {
        if (!ledger.all(change, revision).isEmpty()) {
            return;
        }
        for (var ring : rings) {
            jdbc.sql("""
                            insert into ring (change_id, revision, number, name, kind, state, soak, success_share,
                                              deployer, digest, reboot)
                            values (:change, :revision, :number, :name, :kind, 'planned', cast(:soak as interval),
                                    :share, :deployer, :digest, :reboot)""")
                    .param("change", change.value())
                    .param("revision", revision)
                    .param("number", ring.number())
                    .param("name", ring.name())
                    .param("kind", ring.kind())
                    .param("soak", ring.soak().toString())
                    .param("share", ring.successShare())
                    .param("deployer", deployer)
                    .param("digest", digest)
                    .param("reboot", reboot.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .update();
            insertHosts(change, revision, ring);
            insertSteps(change, revision, ring);
        }
        audit.record(
                change,
                ACTOR,
                "rings-planned",
                "revision " + revision,
                Map.of(
                        "digest",
                        digest,
                        "deployer",
                        deployer,
                        "rings",
                        rings.stream()
                                .map(ring -> ring.name() + ": " + ring.hosts().size() + " hosts")
                                .toList()));
    }

    private void insertHosts(ChangeId change, int revision, RingPlan ring) {
        jdbc.sql("""
                        insert into ring_host (change_id, revision, ring, asset, state)
                        select :change, :revision, :ring, asset, 'planned' from unnest(:assets) as asset""")
                .param("change", change.value())
                .param("revision", revision)
                .param("ring", ring.number())
                .param(
                        "assets",
                        ring.hosts().stream().map(host -> host.asset().value()).toArray(Long[]::new))
                .update();
    }

    private void insertSteps(ChangeId change, int revision, RingPlan ring) {
        var assets = new ArrayList<Long>();
        var ecosystems = new ArrayList<String>();
        var names = new ArrayList<String>();
        var from = new ArrayList<String>();
        var to = new ArrayList<String>();
        for (var host : ring.hosts()) {
            for (var step : host.steps()) {
                assets.add(host.asset().value());
                ecosystems.add(step.ecosystem());
                names.add(step.name());
                from.add(step.from());
                to.add(step.to());
            }
        }
        jdbc.sql("""
                        insert into ring_step (change_id, revision, asset, ecosystem, package, from_version, to_version)
                        select :change, :revision, s.*
                          from unnest(:assets, :ecosystems, :names, :from, :to) as s""")
                .param("change", change.value())
                .param("revision", revision)
                .param("assets", assets.toArray(Long[]::new))
                .param("ecosystems", ecosystems.toArray(String[]::new))
                .param("names", names.toArray(String[]::new))
                .param("from", from.toArray(String[]::new))
                .param("to", to.toArray(String[]::new))
                .update();
    }

    /**
     * Orders a ring's hosts: to install, every one that is not yet installed and not excluded; to back out, every one
     * that may have been changed. Ordered a second time it repeats for those that remain, under a new attempt.
     *
     * @param action {@code INSTALL} or {@code BACK_OUT}
     * @throws Refusal when hosts of the ring are still being worked on
     * @throws IllegalStateException when to install without an open gate for exactly this plan (law 1)
     */
    public void order(ChangeId change, int revision, int number, Action action) {
        var ring = ledger.lock(change, revision, number);
        if (ledger.isUnderWay(ring)) {
            throw Refusal.conflict(
                    "Hosts of ring %d are still being worked on; wait until their results are in.".formatted(number));
        }
        var states = switch (action) {
            case INSTALL -> {
                requireOpenGate(ring);
                yield List.of("planned", "failed", "unreachable", "ordered");
            }
            case BACK_OUT -> List.of("installed", "failed", "ordered", "backing-out", "back-out-failed");
            case DRY_RUN -> throw new IllegalArgumentException("a ring is not rolled out by a dry run");
        };
        jdbc.sql("""
                        update ring set state = 'running', started_at = coalesce(started_at, :now), stopped_at = null,
                                        stopped_why = null, finished_at = null
                         where change_id = :change and revision = :revision and number = :number""")
                .param("now", now())
                .param("change", change.value())
                .param("revision", revision)
                .param("number", number)
                .update();
        orders.order(ring, action, "rollout", states);
    }

    private void requireOpenGate(Ring ring) {
        var open = jdbc.sql("""
                        select open and digest = ? from gate_answer
                         where change_id = ? and revision = ? and ring = ? order by at desc, id desc limit 1""")
                .param(ring.digest())
                .param(ring.change().value())
                .param(ring.revision())
                .param(ring.number())
                .query(Boolean.class)
                .optional()
                .orElse(false);
        if (!open) {
            throw new IllegalStateException(
                    "no open gate for %s of %s: nothing is installed".formatted(RingLedger.label(ring), ring.change()));
        }
    }

    /** From now on no further host of the ring is started; those being worked on are finished. */
    public void stopHandingOut(ChangeId change, int revision, int number, String why) {
        var ring = ledger.lock(change, revision, number);
        jdbc.sql("""
                        update ring set stopped_at = :now, stopped_why = :why
                         where change_id = :change and revision = :revision and number = :number
                           and state = 'running' and stopped_at is null""")
                .param("now", now())
                .param("why", why)
                .param("change", change.value())
                .param("revision", revision)
                .param("number", number)
                .update();
        audit.record(change, ACTOR, "ring-stopped-handing-out", RingLedger.label(ring), Map.of("why", why));
    }

    /**
     * A person stops the ring: no further host is started, and it does not pass.
     *
     * @throws Refusal when it is neither running nor soaking
     */
    public void halt(ChangeId change, int revision, int number, Actor actor, String reason) {
        var ring = ledger.lock(change, revision, number);
        if (!ring.state().equals("running") && !ring.state().equals("soaking")) {
            throw Refusal.conflict(
                    "Ring %d is %s; only a ring that runs or soaks can be halted.".formatted(number, ring.state()));
        }
        ledger.halt(ring, "halted by " + actor.name() + ": " + reason);
        audit.record(change, actor, "ring-halted", RingLedger.label(ring), Map.of("reason", reason));
    }

    /**
     * Takes hosts out of a halted ring; what remains is judged again.
     *
     * @param assets the hosts; empty means every host that failed, could not be reached or was not started
     * @throws Refusal when hosts are still being worked on, or one named is not in the ring or already installed
     */
    public void exclude(
            ChangeId change, int revision, int number, Collection<AssetId> assets, Actor actor, String reason) {
        var ring = ledger.lock(change, revision, number);
        if (ledger.isUnderWay(ring)) {
            throw Refusal.conflict(
                    "Hosts of ring %d are still being worked on; wait until their results are in.".formatted(number));
        }
        var excluded = jdbc.sql("""
                        update ring_host set state = 'excluded', detail = :why, finished_at = :now
                         where change_id = :change and revision = :revision and ring = :number
                           and state in ('planned', 'ordered', 'failed', 'unreachable')
                           and (cardinality(:assets) = 0 or asset = any(:assets))
                        returning (select a.name from asset a where a.id = asset)""")
                .param("why", "excluded by " + actor.name() + ": " + reason)
                .param("now", now())
                .param("change", change.value())
                .param("revision", revision)
                .param("number", number)
                .param("assets", assets.stream().map(AssetId::value).toArray(Long[]::new))
                .query(String.class)
                .list();
        if (excluded.isEmpty() || excluded.size() < assets.size()) {
            throw Refusal.conflict("Only hosts of ring %d that are not installed can be excluded.".formatted(number));
        }
        audit.record(
                change,
                actor,
                "hosts-excluded",
                RingLedger.label(ring),
                Map.of("hosts", excluded.stream().sorted().toList(), "reason", reason));
        ledger.judge(ring);
    }

    /**
     * After the soak: whether the ring is still healthy; if so it has passed.
     *
     * @param seen why the ring must not pass by what was seen on its hosts after the soak; empty when nothing speaks
     *     against it
     */
    public boolean finishSoak(ChangeId change, int revision, int number, Optional<String> seen) {
        var ring = ledger.lock(change, revision, number);
        if (!ring.healthy()) {
            return false;
        }
        var against = seen.or(() -> ledger.against(ring));
        if (against.isPresent()) {
            ledger.halt(ring, against.get());
            audit.record(change, ACTOR, "ring-halted", RingLedger.label(ring), Map.of("reason", against.get()));
            return false;
        }
        ledger.moveTo(ring, "passed");
        audit.record(change, ACTOR, "ring-passed", RingLedger.label(ring), Map.of());
        return true;
    }

    public Optional<Ring> find(ChangeId change, int revision, int number) {
        return ledger.find(change, revision, number);
    }

    /** In the order in which they are carried out. */
    public List<Ring> all(ChangeId change, int revision) {
        return ledger.all(change, revision);
    }

    /** By name. */
    public List<RingHost> hosts(ChangeId change, int revision, int number) {
        return ledger.hosts(change, revision, number);
    }

    /** Whether batches of the ring are queued or with the deployer. */
    public boolean isUnderWay(Ring ring) {
        return ledger.isUnderWay(ring);
    }

    /** Why the health gate would stop the ring as it stands; empty when it would not. */
    public Optional<String> against(Ring ring) {
        return ledger.against(ring);
    }

    /** The newest fault of a deployer in this ring that has not been overcome, for the change's page. */
    public Optional<String> fault(Ring ring) {
        return jdbc.sql("""
                        select fault from host_order
                         where change_id = ? and revision = ? and ring = ? and fault is not null
                           and state in ('ordered', 'faulted')
                         order by at desc, batch desc limit 1""")
                .param(ring.change().value())
                .param(ring.revision())
                .param(ring.number())
                .query(String.class)
                .optional();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
