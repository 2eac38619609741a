package org.patchboard.change;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Differences between a plan and what is there now, each judged once and kept, whether or not it voided the votes. */
@UseCase
public class Drifts {

    private static final Actor ACTOR = Actor.system("drift");

    /**
     * A difference.
     *
     * @param kind as the decision table names it: {@code host-added}, {@code newer-version} …
     * @param material whether it voids the votes
     * @param receipt of the decision that says so
     */
    public record Drift(int revision, String kind, String detail, boolean material, UUID receipt, Instant foundAt) {}

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    Drifts(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    public void record(ChangeId change, int revision, String kind, String detail, boolean material, UUID receipt) {
        int added = jdbc.sql("""
                        insert into drift (change_id, revision, kind, detail, material, receipt, found_at)
                        values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing""")
                .params(
                        change.value(),
                        revision,
                        kind,
                        detail,
                        material,
                        receipt,
                        clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        if (added > 0) {
            audit.record(
                    change,
                    ACTOR,
                    material ? "drift-found" : "drift-immaterial",
                    "revision " + revision,
                    Map.of("kind", kind, "detail", detail, "receipt", receipt.toString()));
        }
    }

    /** All of a change, oldest first. */
    public List<Drift> of(ChangeId change) {
        return jdbc.sql("select * from drift where change_id = ? order by found_at, kind")
                .param(change.value())
                .query((row, number) -> new Drift(
                        row.getInt("revision"),
                        row.getString("kind"),
                        row.getString("detail"),
                        row.getBoolean("material"),
                        row.getObject("receipt", UUID.class),
                        row.getTimestamp("found_at").toInstant()))
                .list();
    }
}
