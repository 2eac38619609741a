package org.patchboard.rollout;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.patchboard.audit.AuditTrail;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.shared.Actor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Writes the intent to work on hosts and queues it, in batches, in the caller's transaction. */
@Repository
class HostOrders {

    /** One task a host costs 23 times as much (measured). */
    static final int BATCH = 1_000;

    private static final Actor ACTOR = Actor.system("rollout");

    private final JdbcClient jdbc;
    private final HostQueue queue;
    private final Releases releases;
    private final AuditTrail audit;
    private final Clock clock;

    HostOrders(JdbcClient jdbc, HostQueue queue, Releases releases, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.queue = queue;
        this.releases = releases;
        this.audit = audit;
        this.clock = clock;
    }

    /** Orders the ring's hosts in these states; when there are none, one empty batch looks whether the ring is in. */
    void order(Ring ring, Action action, String purpose, List<String> states) {
        var attempt = releases.nextAttempt(ring.change(), ring.revision(), ring.number(), action);
        if (action == Action.BACK_OUT) {
            giveUpWithoutOldVersion(ring, states);
        }
        var assets = action == Action.DRY_RUN ? in(ring, states) : take(ring, action, states, attempt);
        write(ring, action, purpose, attempt, assets);
    }

    /** Queues an empty batch, which settles the ring by itself once it runs. */
    void look(Ring ring, Action action) {
        write(
                ring,
                action,
                "rollout",
                releases.nextAttempt(ring.change(), ring.revision(), ring.number(), action),
                List.of());
    }

    private void write(Ring ring, Action action, String purpose, int attempt, List<Long> assets) {
        var release = assets.isEmpty() ? null : releases.take(ring, action, purpose, attempt, assets);
        var keys = new ArrayList<String>();
        for (var start = 0; start == 0 || start < assets.size(); start += BATCH) {
            var batch = assets.subList(start, Math.min(start + BATCH, assets.size()));
            var key = new OrderKey(ring.change(), ring.revision(), ring.number(), action, start / BATCH + 1, attempt);
            jdbc.sql("""
                            insert into host_order (id, change_id, revision, ring, action, purpose, attempt, batch,
                                                    deployer, digest, assets, release, state, at)
                            values (:id, :change, :revision, :ring, :action, :purpose, :attempt, :batch,
                                    :deployer, :digest, :assets, :release, 'intended', :at)""")
                    .param("id", UUID.randomUUID())
                    .param("change", ring.change().value())
                    .param("revision", ring.revision())
                    .param("ring", ring.number())
                    .param("action", OrderKey.column(action))
                    .param("purpose", purpose)
                    .param("attempt", attempt)
                    .param("batch", key.batch())
                    .param("deployer", ring.deployer())
                    .param("digest", ring.digest())
                    .param("assets", batch.toArray(Long[]::new))
                    .param("release", release, java.sql.Types.OTHER)
                    .param("at", now())
                    .update();
            keys.add(key.toString());
        }
        queue.add(HostBatches.NAME, keys);
        audit.record(
                ring.change(),
                ACTOR,
                "hosts-ordered",
                RingLedger.label(ring),
                Map.of(
                        "action",
                        OrderKey.column(action),
                        "purpose",
                        purpose,
                        "attempt",
                        attempt,
                        "hosts",
                        assets.size(),
                        "deployer",
                        ring.deployer(),
                        "digest",
                        ring.digest()));
    }

    private List<Long> in(Ring ring, List<String> states) {
        return jdbc.sql("""
                        select asset from ring_host
                         where change_id = ? and revision = ? and ring = ? and state = any(?) order by asset""")
                .param(ring.change().value())
                .param(ring.revision())
                .param(ring.number())
                .param(states.toArray(String[]::new))
                .query(Long.class)
                .list();
    }

    private List<Long> take(Ring ring, Action action, List<String> states, int attempt) {
        return jdbc.sql("""
                        with taken as (
                          update ring_host
                             set state = :state, attempt = :attempt, ordered_at = :now, finished_at = null,
                                 detail = null
                           where change_id = :change and revision = :revision and ring = :ring and state = any(:states)
                          returning asset)
                        select asset from taken order by asset""")
                .param("state", action == Action.BACK_OUT ? "backing-out" : "ordered")
                .param("attempt", attempt)
                .param("now", now())
                .param("change", ring.change().value())
                .param("revision", ring.revision())
                .param("ring", ring.number())
                .param("states", states.toArray(String[]::new))
                .query(Long.class)
                .list();
    }

    /** A package that was not there before has no version to return to: a person has to take it off. */
    private void giveUpWithoutOldVersion(Ring ring, List<String> states) {
        jdbc.sql("""
                        update ring_host h
                           set state = 'back-out-failed', detail = 'no version from before is known', finished_at = :now
                         where change_id = :change and revision = :revision and ring = :ring and state = any(:states)
                           and state <> 'back-out-failed'
                           and not exists (
                             select from ring_step s
                              where s.change_id = h.change_id and s.revision = h.revision and s.asset = h.asset
                                and s.from_version <> '')""")
                .param("now", now())
                .param("change", ring.change().value())
                .param("revision", ring.revision())
                .param("ring", ring.number())
                .param("states", states.toArray(String[]::new))
                .update();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
