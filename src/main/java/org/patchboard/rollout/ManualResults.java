package org.patchboard.rollout;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import org.patchboard.audit.AuditTrail;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a person reports of hosts that a deployer has left to people. */
@UseCase
public class ManualResults {

    private final JdbcClient jdbc;
    private final RingLedger ledger;
    private final HostOrders orders;
    private final AuditTrail audit;
    private final Clock clock;

    ManualResults(JdbcClient jdbc, RingLedger ledger, HostOrders orders, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.ledger = ledger;
        this.orders = orders;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Records one host's result. With the last host of a ring the ring is settled, by a task of its own.
     *
     * @param done whether the order was carried out on it completely
     * @param detail what was done or what failed, as the person says it
     * @throws Refusal when the host does not wait for a person
     */
    public void report(ChangeId change, AssetId asset, boolean done, String detail, Actor actor) {
        record Waiting(int revision, int ring, String state, String name) {}
        var waiting = jdbc.sql("""
                        select h.revision, h.ring, h.state, a.name
                          from ring_host h join asset a on a.id = h.asset
                         where h.change_id = ? and h.asset = ? and h.state in ('ordered', 'backing-out')
                         order by h.revision desc limit 1""")
                .param(change.value())
                .param(asset.value())
                .query(Waiting.class)
                .optional()
                .orElseThrow(() -> Refusal.conflict("This host does not wait for a person in " + change + "."));
        var ring = ledger.lock(change, waiting.revision(), waiting.ring());
        if (ledger.isUnderWay(ring)) {
            throw Refusal.conflict("Ring %d is still being handed out; report when it is.".formatted(ring.number()));
        }
        var back = waiting.state().equals("backing-out");
        var state = back ? done ? "backed-out" : "back-out-failed" : done ? "installed" : "failed";
        jdbc.sql("""
                        update ring_host set state = :state, detail = :detail, finished_at = :now
                         where change_id = :change and revision = :revision and asset = :asset""")
                .param("state", state)
                .param("detail", detail)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("change", change.value())
                .param("revision", waiting.revision())
                .param("asset", asset.value())
                .update();
        audit.record(change, actor, "host-reported", waiting.name(), Map.of("state", state, "detail", detail));
        if (ledger.waiting(ring) == 0) {
            orders.look(ring, back ? Action.BACK_OUT : Action.INSTALL);
        }
    }

    /**
     * A person has put a host right by hand after its back-out failed.
     *
     * @throws Refusal when the host's back-out did not fail
     */
    public void repaired(ChangeId change, int revision, AssetId asset, String detail, Actor actor) {
        var updated = jdbc.sql("""
                        update ring_host set state = 'backed-out', detail = :detail, finished_at = :now
                         where change_id = :change and revision = :revision and asset = :asset
                           and state in ('back-out-failed', 'backed-out')""")
                .param("detail", "by hand: " + detail)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("change", change.value())
                .param("revision", revision)
                .param("asset", asset.value())
                .update();
        if (updated == 0) {
            throw Refusal.conflict("The back-out of this host did not fail.");
        }
        audit.record(change, actor, "host-repaired", Long.toString(asset.value()), Map.of("detail", detail));
    }
}
