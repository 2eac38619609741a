package org.patchboard.rollout;

import java.time.Clock;
import java.time.Instant;
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
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Host;
import org.patchboard.shared.UseCase;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What something that is not the installer saw on the hosts. A look is ordered in the caller's transaction and carried
 * out by durable work called {@value #WORK}; every look's rows are kept.
 */
@UseCase
public class Verifications {

    /** The kind of durable work that looks at hosts. */
    public static final String WORK = "look-at-hosts";

    private static final Actor ACTOR = Actor.system("verification");

    private static final String RUN = """
            select change_id, number, purpose, revision, ring, source, state, tries, fault, started_at, finished_at
              from verification_run
            """;

    /** What a look is for. */
    public enum Purpose {
        /** Whether the new versions are there, on every host in scope. */
        FIXED,
        /** Whether the new versions are still there after a ring has soaked, on its hosts that have them. */
        SOAK,
        /** Whether the old versions are back, on the hosts of one ring. */
        BACK_OUT
    }

    /**
     * One look.
     *
     * @param source the probe's product, or {@code report}
     * @param state {@code running}, {@code finished} or {@code faulted}
     */
    public record Run(
            ChangeId change,
            int number,
            Purpose purpose,
            int revision,
            @Nullable Integer ring,
            String source,
            String state,
            int tries,
            @Nullable String fault,
            Instant startedAt,
            @Nullable Instant finishedAt) {

        /** Names the piece of work in the queue. */
        String instance() {
            return change + ":" + number;
        }
    }

    /** A package that a host must have in exactly this version. */
    public record Wanted(Host host, String ecosystem, String name, String version) {}

    /**
     * What was seen of one package on one host.
     *
     * @param seenVersion null when it is not there or the host could not be looked at
     */
    public record Seen(
            AssetId asset,
            String host,
            String ecosystem,
            String name,
            @Nullable String seenVersion,
            String wantedVersion,
            boolean fixed,
            boolean rebootPending,
            String detail,
            String source,
            Instant at) {

        /** Whether nothing remains to be done on it. */
        public boolean settled() {
            return fixed && !rebootPending;
        }
    }

    private final JdbcClient jdbc;
    private final HostQueue queue;
    private final AuditTrail audit;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Verifications(JdbcClient jdbc, HostQueue queue, AuditTrail audit, ApplicationEventPublisher events, Clock clock) {
        this.jdbc = jdbc;
        this.queue = queue;
        this.audit = audit;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Orders a look.
     *
     * @param ring null for every host in scope
     * @param source the maintenance group's verifier
     * @return the number of the look
     */
    public int order(ChangeId change, Purpose purpose, int revision, @Nullable Integer ring, String source) {
        var number = jdbc.sql("""
                        insert into verification_run (change_id, number, purpose, revision, ring, source, state, started_at)
                        values (:change, (select coalesce(max(number), 0) + 1 from verification_run
                                           where change_id = :change), :purpose, :revision, :ring, :source, 'running', :now)
                        returning number""")
                .param("change", change.value())
                .param("purpose", purpose.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .param("revision", revision)
                .param("ring", ring)
                .param("source", source)
                .param("now", now())
                .query(Integer.class)
                .single();
        queue.add(WORK, List.of(change + ":" + number));
        audit.record(
                change,
                ACTOR,
                "verification-ordered",
                "look " + number,
                Map.of("purpose", purpose.name(), "source", source));
        return number;
    }

    /** Claims a look for this try; empty when it is over already. */
    public Optional<Run> claim(Claim claim) {
        queue.hold(claim);
        var parts = claim.instance().split(":", -1);
        return jdbc.sql("""
                        update verification_run set tries = tries + 1
                         where change_id = ? and number = ? and state = 'running'
                        returning change_id, number, purpose, revision, ring, source, state, tries, fault, started_at,
                                  finished_at""")
                .param(parts[0])
                .param(Integer.parseInt(parts[1]))
                .query((row, number) -> run(row))
                .optional();
    }

    /** Whether this was the last try of a look that cannot be carried out. */
    public boolean isLastTry(Run run) {
        return run.tries() >= HostWork.TRIES;
    }

    /** What the look still has to find out: packages of hosts of which it has no row yet, by host. */
    public List<Wanted> wanted(Run run) {
        return jdbc.sql(
                        switch (run.purpose()) {
                            case FIXED -> SCOPE;
                            case SOAK -> SOAKED;
                            case BACK_OUT -> BACK_OUT;
                        })
                .param("change", run.change().value())
                .param("revision", run.revision())
                .param("ring", run.ring())
                .param("run", run.number())
                .query((row, number) -> new Wanted(
                        new Host(new AssetId(row.getLong("asset")), row.getString("name"), row.getString("address")),
                        row.getString("ecosystem"),
                        row.getString("package"),
                        row.getString("wanted")))
                .list();
    }

    /** The plan may name a newer build than the advisory did: what was approved is what is wanted. */
    private static final String SCOPE = """
            select a.id as asset, a.name, coalesce(a.address, a.name) as address, c.ecosystem, c.package,
                   coalesce(s.to_version, c.target_version) as wanted
              from change_asset c
              join asset a on a.id = c.asset
              left join ring_step s on s.change_id = c.change_id and s.revision = :revision and s.asset = c.asset
                                   and s.ecosystem = c.ecosystem and s.package = c.package
             where c.change_id = :change
               and not exists (select from verification v
                                where v.change_id = c.change_id and v.run = :run and v.asset = c.asset
                                  and v.ecosystem = c.ecosystem and v.package = c.package)
             order by a.name, c.ecosystem, c.package""";

    private static final String OF_RING = """
            select a.id as asset, a.name, coalesce(a.address, a.name) as address, s.ecosystem, s.package,
                   s.%s as wanted
              from ring_host h
              join ring_step s on s.change_id = h.change_id and s.revision = h.revision and s.asset = h.asset
              join asset a on a.id = h.asset
             where h.change_id = :change and h.revision = :revision and h.ring = :ring
               and h.state in (%s) and s.%s <> ''
               and not exists (select from verification v
                                where v.change_id = h.change_id and v.run = :run and v.asset = h.asset
                                  and v.ecosystem = s.ecosystem and v.package = s.package)
             order by a.name, s.ecosystem, s.package""";

    private static final String SOAKED = OF_RING.formatted("to_version", "'installed'", "to_version");

    private static final String BACK_OUT =
            OF_RING.formatted("from_version", "'backed-out', 'back-out-failed'", "from_version");

    /** Records what was seen, in one piece. */
    public void record(Run run, List<Seen> seen) {
        var assets = new ArrayList<Long>();
        var ecosystems = new ArrayList<String>();
        var names = new ArrayList<String>();
        var versions = new ArrayList<@Nullable String>();
        var wanted = new ArrayList<String>();
        var fixed = new ArrayList<Boolean>();
        var pending = new ArrayList<Boolean>();
        var details = new ArrayList<String>();
        for (var one : seen) {
            assets.add(one.asset().value());
            ecosystems.add(one.ecosystem());
            names.add(one.name());
            versions.add(one.seenVersion());
            wanted.add(one.wantedVersion());
            fixed.add(one.fixed());
            pending.add(one.rebootPending());
            details.add(one.detail().replace("\0", ""));
        }
        jdbc.sql("""
                        insert into verification (change_id, run, asset, source, ecosystem, package, seen_version,
                                                  wanted_version, fixed, reboot_pending, detail, at)
                        select :change, :run, s.asset, :source, s.ecosystem, s.package, s.version, s.wanted, s.fixed,
                               s.pending, s.detail, :now
                          from unnest(:assets, :ecosystems, :names, :versions, :wanted, :fixed, :pending, :details)
                            as s (asset, ecosystem, package, version, wanted, fixed, pending, detail)""")
                .param("change", run.change().value())
                .param("run", run.number())
                .param("source", run.source())
                .param("now", now())
                .param("assets", assets.toArray(Long[]::new))
                .param("ecosystems", ecosystems.toArray(String[]::new))
                .param("names", names.toArray(String[]::new))
                .param("versions", versions.toArray(String[]::new))
                .param("wanted", wanted.toArray(String[]::new))
                .param("fixed", fixed.toArray(Boolean[]::new))
                .param("pending", pending.toArray(Boolean[]::new))
                .param("details", details.toArray(String[]::new))
                .update();
    }

    /** Everything has been looked at. */
    public void finish(Run run) {
        end(run, "finished", null);
    }

    /** It could not be looked at; a person has to decide. */
    public void giveUp(Run run, String fault) {
        end(run, "faulted", fault);
    }

    private void end(Run run, String state, @Nullable String fault) {
        var ended = jdbc.sql("""
                        update verification_run set state = ?, fault = ?, finished_at = ?
                         where change_id = ? and number = ? and state = 'running' and tries = ?""")
                .param(state)
                .param(fault)
                .param(now())
                .param(run.change().value())
                .param(run.number())
                .param(run.tries())
                .update();
        if (ended == 0) {
            throw new StaleWork(run.instance() + " was claimed again");
        }
        var rows = seen(run.change(), run.number());
        var content = new LinkedHashMap<String, Object>();
        content.put("source", run.source());
        content.put("rows", rows.size());
        content.put("settled", rows.stream().filter(Seen::settled).count());
        if (fault != null) {
            content.put("fault", fault);
        }
        audit.record(run.change(), ACTOR, "verification-" + state, "look " + run.number(), content);
        events.publishEvent(new VerificationFinished(run.change(), run.number()));
    }

    /** The newest look of this kind. */
    public Optional<Run> latest(ChangeId change, Purpose purpose) {
        return jdbc.sql(RUN + "where change_id = ? and purpose = ? order by number desc limit 1")
                .param(change.value())
                .param(purpose.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .query((row, number) -> run(row))
                .optional();
    }

    /** What a look saw, by host. */
    public List<Seen> seen(ChangeId change, int run) {
        return jdbc.sql("""
                        select v.asset, a.name as host, v.ecosystem, v.package, v.seen_version, v.wanted_version, v.fixed,
                               v.reboot_pending, v.detail, v.source, v.at
                          from verification v join asset a on a.id = v.asset
                         where v.change_id = ? and v.run = ? order by a.name, v.ecosystem, v.package""")
                .param(change.value())
                .param(run)
                .query((row, number) -> new Seen(
                        new AssetId(row.getLong("asset")),
                        row.getString("host"),
                        row.getString("ecosystem"),
                        row.getString("package"),
                        row.getString("seen_version"),
                        row.getString("wanted_version"),
                        row.getBoolean("fixed"),
                        row.getBoolean("reboot_pending"),
                        row.getString("detail"),
                        row.getString("source"),
                        row.getTimestamp("at").toInstant()))
                .list();
    }

    private static Run run(java.sql.ResultSet row) throws java.sql.SQLException {
        var ring = row.getInt("ring");
        var withoutRing = row.wasNull();
        var finished = row.getTimestamp("finished_at");
        return new Run(
                new ChangeId(row.getString("change_id")),
                row.getInt("number"),
                Purpose.valueOf(
                        row.getString("purpose").toUpperCase(Locale.ROOT).replace('-', '_')),
                row.getInt("revision"),
                withoutRing ? null : ring,
                row.getString("source"),
                row.getString("state"),
                row.getInt("tries"),
                row.getString("fault"),
                row.getTimestamp("started_at").toInstant(),
                finished == null ? null : finished.toInstant());
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
