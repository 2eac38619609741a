package org.patchboard.rollout;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Stops every roll-out of the house at once: the gate stays shut and no further host is started, while hosts that are
 * being worked on finish and the way back stays open. One person pulls it, another lets go.
 */
@UseCase
public class KillSwitch {

    private static final String CHAIN = "kill-switch";

    /**
     * One time that everything was stopped.
     *
     * @param liftedBy null while it is in force
     */
    public record Stop(
            long id,
            String reason,
            String setBy,
            Instant setAt,
            @Nullable String liftedBy,
            @Nullable String liftedWhy,
            @Nullable Instant liftedAt) {}

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    KillSwitch(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /** @throws Refusal when no reason is given or everything is stopped already */
    public void pull(String reason, Actor actor) {
        if (reason.isBlank()) {
            throw Refusal.incomplete("Say why every roll-out is stopped.");
        }
        int stopped = jdbc.sql("""
                        insert into kill_switch (reason, set_by, set_at) values (?, ?, ?) on conflict do nothing""").params(reason, actor.name(), now()).update();
        if (stopped == 0) {
            throw Refusal.conflict("Every roll-out is stopped already.");
        }
        audit.record(CHAIN, actor, "kill-switch-pulled", "every roll-out", Map.of("reason", reason));
    }

    /** @throws Refusal when no reason is given, nothing is stopped, or the same person pulled it */
    public void lift(String reason, Actor actor) {
        if (reason.isBlank()) {
            throw Refusal.incomplete("Say why roll-outs may go on.");
        }
        var stop = inForce().orElseThrow(() -> Refusal.conflict("Roll-outs are not stopped."));
        var same = jdbc.sql("""
                        select exists (select from person a, person b
                                        where a.login = ? and b.login = ? and human(a.id) = human(b.id))""")
                .params(stop.setBy(), actor.name())
                .query(Boolean.class)
                .single();
        if (same || stop.setBy().equals(actor.name())) {
            throw Refusal.forbidden("Who stopped every roll-out does not let them go on; somebody else decides that.");
        }
        jdbc.sql("update kill_switch set lifted_by = ?, lifted_why = ?, lifted_at = ? where id = ?")
                .params(actor.name(), reason, now(), stop.id())
                .update();
        audit.record(CHAIN, actor, "kill-switch-lifted", "every roll-out", Map.of("reason", reason));
    }

    /** What stops every roll-out now. */
    public Optional<Stop> inForce() {
        return all().stream().filter(stop -> stop.liftedAt() == null).findFirst();
    }

    /** Every time it was pulled, newest first. */
    public List<Stop> all() {
        return jdbc.sql("select * from kill_switch order by id desc")
                .query((row, number) -> new Stop(
                        row.getLong("id"),
                        row.getString("reason"),
                        row.getString("set_by"),
                        row.getTimestamp("set_at").toInstant(),
                        row.getString("lifted_by"),
                        row.getString("lifted_why"),
                        row.getTimestamp("lifted_at") == null
                                ? null
                                : row.getTimestamp("lifted_at").toInstant()))
                .list();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
