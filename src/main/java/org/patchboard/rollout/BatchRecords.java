package org.patchboard.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.rollout.spi.Deployer.HostResult;
import org.patchboard.rollout.spi.Deployer.Order;
import org.patchboard.rollout.spi.Deployer.RebootPolicy;
import org.patchboard.rollout.spi.Deployer.Report;
import org.patchboard.rollout.spi.Deployer.State;
import org.patchboard.rollout.spi.Deployer.Step;
import org.patchboard.rollout.spi.Deployer.Target;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.Host;
import org.patchboard.shared.Sha256;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The two transactions around an adapter's work: before it the batch is claimed under a new fence, after it the results
 * are recorded where that fence still stands.
 */
@UseCase
class BatchRecords {

    private static final Actor ACTOR = Actor.system("rollout");

    private final JdbcClient jdbc;
    private final HostQueue queue;
    private final RingLedger ledger;
    private final Releases releases;
    private final KillSwitch killSwitch;
    private final AuditTrail audit;
    private final ObjectMapper json;
    private final Clock clock;

    BatchRecords(
            JdbcClient jdbc,
            HostQueue queue,
            RingLedger ledger,
            Releases releases,
            KillSwitch killSwitch,
            AuditTrail audit,
            ObjectMapper json,
            Clock clock) {
        this.jdbc = jdbc;
        this.queue = queue;
        this.ledger = ledger;
        this.releases = releases;
        this.killSwitch = killSwitch;
        this.audit = audit;
        this.json = json;
        this.clock = clock;
    }

    /**
     * A claimed batch.
     *
     * @param mayStart false when the ring was stopped meanwhile: look up what an earlier try did, start nothing
     * @param tries how often it was claimed, this time included
     */
    record Work(Order order, String deployer, boolean mayStart, int tries) {}

    private record Row(
            String state,
            String purpose,
            String deployer,
            String digest,
            int tries,
            List<AssetId> assets,
            @Nullable String release) {}

    /**
     * Claims the batch; empty when there is nothing (left) to do for it. Its release is verified first: no adapter hears
     * of an order whose release does not hold.
     */
    public Optional<Work> claim(OrderKey key, Claim claim) {
        queue.hold(claim);
        var ring = ledger.lock(key.change(), key.revision(), key.ring());
        var row = row(key);
        if (!row.state().equals("intended") && !row.state().equals("ordered")) {
            return Optional.empty();
        }
        if (row.assets().isEmpty()) {
            close(key, "finished", null);
            ledger.settle(ring, key, row.purpose());
            return Optional.empty();
        }
        var checked = releases.check(
                row.release(),
                key,
                row.digest(),
                row.purpose(),
                row.assets().stream().map(AssetId::value).toList());
        var release = checked.release();
        if (release == null) {
            refuse(key, ring, row, String.join("; ", checked.against()));
            return Optional.empty();
        }
        var stopped = (key.action() == Action.BACK_OUT ? Optional.<String>empty() : everythingStopped())
                .or(() -> key.action() == Action.INSTALL && row.purpose().equals("rollout")
                        ? ledger.whyNoMoreHosts(ring)
                        : Optional.empty())
                .or(() -> checked.against().stream().findFirst());
        if (stopped.isPresent() && row.state().equals("intended")) {
            withdraw(key, ring, row, stopped.get());
            return Optional.empty();
        }
        var fence = jdbc.sql("select nextval('fence')").query(Long.class).single();
        bind(jdbc.sql("update host_order set state = 'ordered', fence = :fence, tries = tries + 1 where " + KEY), key)
                .param("fence", fence)
                .update();
        jdbc.sql("""
                        update ring_host set fence = :fence
                         where change_id = :change and revision = :revision and asset = any(:assets)
                           and state in ('ordered', 'backing-out')""")
                .param("fence", fence)
                .param("change", key.change().value())
                .param("revision", key.revision())
                .param("assets", ids(row.assets()))
                .update();
        var order = new Order(
                key.toString(),
                key.change(),
                key.revision(),
                key.ring(),
                row.digest(),
                key.action(),
                targets(key, row.assets()),
                reboot(key),
                fence,
                release);
        return Optional.of(new Work(order, row.deployer(), stopped.isEmpty(), row.tries() + 1));
    }

    private Optional<String> everythingStopped() {
        return killSwitch
                .inForce()
                .map(stop -> "every roll-out was stopped by %s: %s".formatted(stop.setBy(), stop.reason()));
    }

    /** Somebody has tampered with it, or it is not meant for this: the hosts stay as they are and people are told. */
    private void refuse(OrderKey key, Ring ring, Row row, String why) {
        audit.record(
                key.change(),
                ACTOR,
                "release-refused",
                key.toString(),
                Map.of(
                        "why",
                        why,
                        "deployer",
                        row.deployer(),
                        "hosts",
                        row.assets().size()));
        if (row.purpose().equals("rollout") && key.action() == Action.INSTALL) {
            ledger.halt(ring, "an order was refused: " + why);
        }
        withdraw(key, ring, row, why);
    }

    /**
     * Records what became of the hosts.
     *
     * @throws StaleWork when a later claim has been made
     */
    public void record(OrderKey key, Order order, Report report) {
        var ring = ledger.lock(key.change(), key.revision(), key.ring());
        var row = row(key);
        var log = DeployerLog.kept(report.log());
        var updated = bind(jdbc.sql("""
                        update host_order
                           set state = 'finished', log = :log, results = cast(:results as jsonb), fault = null,
                               finished_at = :now
                         where state = 'ordered' and fence = :fence and """ + " " + KEY), key)
                .param("log", log)
                .param("results", results(order, report))
                .param("now", now())
                .param("fence", order.fence())
                .update();
        if (updated == 0) {
            throw new StaleWork(key + " was claimed again under a later fence");
        }
        if (key.action() != Action.DRY_RUN) {
            recordHosts(key, order, report);
        }
        audit.record(
                key.change(),
                ACTOR,
                "host-batch-finished",
                key.toString(),
                Map.of(
                        "deployer",
                        row.deployer(),
                        "purpose",
                        row.purpose(),
                        "hosts",
                        order.targets().size(),
                        "states",
                        counted(order, report),
                        "logSha256",
                        Sha256.hex(log)));
        ledger.settle(ring, key, row.purpose());
    }

    /** Gives the batch up: nothing is known of its hosts, so the ring stops and a person has to look. */
    public void giveUp(OrderKey key, Order order, String fault) {
        var ring = ledger.lock(key.change(), key.revision(), key.ring());
        var row = row(key);
        var updated = bind(jdbc.sql("""
                        update host_order set state = 'faulted', fault = :fault, finished_at = :now
                         where state = 'ordered' and fence = :fence and """ + " " + KEY), key)
                .param("fault", fault.replace("\0", ""))
                .param("now", now())
                .param("fence", order.fence())
                .update();
        if (updated == 0) {
            throw new StaleWork(key + " was claimed again under a later fence");
        }
        jdbc.sql("""
                        update ring_host
                           set state = case state when 'backing-out' then 'back-out-failed' else 'failed' end,
                               detail = :detail, finished_at = :now
                         where change_id = :change and revision = :revision and fence = :fence
                           and state in ('ordered', 'backing-out')""")
                .param("detail", "not known: " + fault)
                .param("now", now())
                .param("change", key.change().value())
                .param("revision", key.revision())
                .param("fence", order.fence())
                .update();
        audit.record(
                key.change(),
                ACTOR,
                "host-batch-faulted",
                key.toString(),
                Map.of("deployer", row.deployer(), "hosts", order.targets().size(), "fault", fault));
        if (row.purpose().equals("rollout") && key.action() == Action.INSTALL) {
            ledger.halt(ring, "the deployer " + row.deployer() + " cannot be used: " + fault);
        }
        ledger.settle(ring, key, row.purpose());
    }

    /** Notes why a try came to nothing, so that the change's page can show it while it waits for the next. */
    public void note(OrderKey key, Order order, String fault) {
        bind(
                        jdbc.sql("update host_order set fault = :fault where state = 'ordered' and fence = :fence and "
                                + KEY),
                        key)
                .param("fault", fault.replace("\0", ""))
                .param("fence", order.fence())
                .update();
    }

    /** A batch that was ordered once, of which the product knows nothing, in a ring that has stopped: not started. */
    public void withdraw(OrderKey key) {
        var ring = ledger.lock(key.change(), key.revision(), key.ring());
        withdraw(
                key,
                ring,
                row(key),
                everythingStopped().or(() -> ledger.whyNoMoreHosts(ring)).orElse("its release was over"));
    }

    private void withdraw(OrderKey key, Ring ring, Row row, String why) {
        close(key, "withdrawn", why);
        jdbc.sql("""
                        update ring_host set state = case state when 'ordered' then 'planned' else 'back-out-failed' end,
                                             detail = :why
                         where change_id = :change and revision = :revision and asset = any(:assets)
                           and state in ('ordered', 'backing-out')""")
                .param("why", "not started: " + why)
                .param("change", key.change().value())
                .param("revision", key.revision())
                .param("assets", ids(row.assets()))
                .update();
        audit.record(
                key.change(),
                ACTOR,
                "host-batch-withdrawn",
                key.toString(),
                Map.of("hosts", row.assets().size(), "why", why));
        ledger.settle(ring, key, row.purpose());
    }

    private void recordHosts(OrderKey key, Order order, Report report) {
        var assets = new ArrayList<Long>();
        var states = new ArrayList<String>();
        var pending = new ArrayList<Boolean>();
        var details = new ArrayList<String>();
        for (var target : order.targets()) {
            var asset = target.host().asset();
            var result = result(report, asset);
            assets.add(asset.value());
            states.add(column(key.action(), result.state()));
            pending.add(result.rebootPending());
            details.add(result.detail().replace("\0", ""));
        }
        jdbc.sql("""
                        update ring_host h
                           set state = r.state, reboot_pending = r.pending, detail = r.detail,
                               finished_at = case when r.state in ('ordered', 'backing-out') then null
                                                  else cast(:now as timestamptz) end
                          from unnest(:assets, :states, :pending, :details) as r (asset, state, pending, detail)
                         where h.change_id = :change and h.revision = :revision and h.asset = r.asset
                           and h.fence = :fence and h.state in ('ordered', 'backing-out')""")
                .param("now", now())
                .param("assets", assets.toArray(Long[]::new))
                .param("states", states.toArray(String[]::new))
                .param("pending", pending.toArray(Boolean[]::new))
                .param("details", details.toArray(String[]::new))
                .param("change", key.change().value())
                .param("revision", key.revision())
                .param("fence", order.fence())
                .update();
    }

    private static HostResult result(Report report, AssetId asset) {
        var result = report.hosts().get(asset);
        return result == null ? new HostResult(State.FAILED, false, "the deployer said nothing about it") : result;
    }

    private static String column(Action action, State state) {
        var back = action == Action.BACK_OUT;
        return switch (state) {
            case DONE -> back ? "backed-out" : "installed";
            case FAILED -> back ? "back-out-failed" : "failed";
            case UNREACHABLE -> back ? "back-out-failed" : "unreachable";
            case AWAITS_PERSON -> back ? "backing-out" : "ordered";
        };
    }

    private static final String KEY = """
            change_id = :change and revision = :revision and ring = :ring and action = :action
            and attempt = :attempt and batch = :batch""";

    private static JdbcClient.StatementSpec bind(JdbcClient.StatementSpec statement, OrderKey key) {
        return statement
                .param("change", key.change().value())
                .param("revision", key.revision())
                .param("ring", key.ring())
                .param("action", OrderKey.column(key.action()))
                .param("attempt", key.attempt())
                .param("batch", key.batch());
    }

    private Row row(OrderKey key) {
        return bind(jdbc.sql("""
                                select state, purpose, deployer, digest, tries, assets,
                                       (select token from release_token r where r.id = o.release) as token
                                  from host_order o where """ + " " + KEY + " for update of o"), key)
                .query((row, number) -> new Row(
                        row.getString("state"),
                        row.getString("purpose"),
                        row.getString("deployer"),
                        row.getString("digest"),
                        row.getInt("tries"),
                        List.of((Long[]) row.getArray("assets").getArray()).stream()
                                .map(AssetId::new)
                                .toList(),
                        row.getString("token")))
                .single();
    }

    private void close(OrderKey key, String state, @org.jspecify.annotations.Nullable String fault) {
        bind(jdbc.sql("update host_order set state = :state, fault = :fault, finished_at = :now where " + KEY), key)
                .param("state", state)
                .param("fault", fault)
                .param("now", now())
                .update();
    }

    private List<Target> targets(OrderKey key, List<AssetId> assets) {
        record Line(long asset, String name, String address, String ecosystem, String pkg, String from, String to) {}
        var lines = jdbc.sql("""
                        select a.id as asset, a.name, coalesce(a.address, a.name) as address,
                               s.ecosystem, s.package as pkg, s.from_version as from, s.to_version as to
                          from ring_step s join asset a on a.id = s.asset
                         where s.change_id = :change and s.revision = :revision and s.asset = any(:assets)
                         order by a.name, s.ecosystem, s.package""")
                .param("change", key.change().value())
                .param("revision", key.revision())
                .param("assets", ids(assets))
                .query(Line.class)
                .list();
        var steps = new LinkedHashMap<Host, List<Step>>();
        for (var line : lines) {
            var version = key.action() == Action.BACK_OUT ? line.from() : line.to();
            var of = steps.computeIfAbsent(
                    new Host(new AssetId(line.asset()), line.name(), line.address()), host -> new ArrayList<>());
            if (!version.isEmpty()) {
                of.add(new Step(line.ecosystem(), line.pkg(), version));
            }
        }
        return steps.entrySet().stream()
                .map(entry -> new Target(entry.getKey(), List.copyOf(entry.getValue())))
                .toList();
    }

    private RebootPolicy reboot(OrderKey key) {
        var column = jdbc.sql("select reboot from ring where change_id = ? and revision = ? and number = ?")
                .param(key.change().value())
                .param(key.revision())
                .param(key.ring())
                .query(String.class)
                .single();
        return RebootPolicy.valueOf(column.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private String results(Order order, Report report) {
        var results = new LinkedHashMap<String, Object>();
        for (var target : order.targets()) {
            var result = result(report, target.host().asset());
            results.put(
                    Long.toString(target.host().asset().value()),
                    Map.of(
                            "state",
                            result.state().name(),
                            "rebootPending",
                            result.rebootPending(),
                            "detail",
                            result.detail().replace("\0", "")));
        }
        try {
            return json.writeValueAsString(results);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("results cannot be written", e);
        }
    }

    private static Map<String, Integer> counted(Order order, Report report) {
        var counted = new LinkedHashMap<String, Integer>();
        order.targets()
                .forEach(target -> counted.merge(
                        result(report, target.host().asset()).state().name(), 1, Integer::sum));
        return counted;
    }

    private static Long[] ids(List<AssetId> assets) {
        return assets.stream().map(AssetId::value).toArray(Long[]::new);
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
