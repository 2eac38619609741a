package org.patchboard.lifecycle.engine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.patchboard.audit.AuditTrail;
import org.patchboard.change.ChangeRecord;
import org.patchboard.change.Changes;
import org.patchboard.schedule.ChangeScope;
import org.patchboard.schedule.Slot;
import org.patchboard.schedule.Slots;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Whether the calendar leaves room before a deadline. When it does not, those who can move a window or accept the risk
 * learn it on the day the deadline is set, not on the day it passes.
 */
@Component
class Feasibility {

    private static final Actor ACTOR = Actor.system("deadline");

    private final Changes changes;
    private final Slots slots;
    private final Escalations escalations;
    private final AuditTrail audit;
    private final ScheduleSettings settings;
    private final JdbcClient jdbc;
    private final Clock clock;

    Feasibility(
            Changes changes,
            Slots slots,
            Escalations escalations,
            AuditTrail audit,
            ScheduleSettings settings,
            JdbcClient jdbc,
            Clock clock) {
        this.changes = changes;
        this.slots = slots;
        this.escalations = escalations;
        this.audit = audit;
        this.settings = settings;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Raises the alarm when no window that everybody could keep to begins before the change's deadline. */
    void check(ChangeId change) {
        var record = changes.get(change);
        var due = record.due();
        if (due == null) {
            return;
        }
        var slot = earliest(record);
        if (slot.isPresent() && !slot.get().start().plus(least()).isAfter(due)) {
            return;
        }
        var first = slot.map(Slot::start).map(Instant::toString).orElse("none within a year");
        audit.record(change, ACTOR, "deadline-infeasible", due.toString(), Map.of("firstWindow", first));
        escalations.infeasible(change, first);
    }

    private Optional<Slot> earliest(ChangeRecord record) {
        var assets = jdbc.sql("select asset from change_asset where change_id = ?")
                .param(record.id().value())
                .query((row, number) -> new AssetId(row.getLong(1)))
                .list();
        return slots.earliest(
                new ChangeScope(record.id(), assets),
                clock.instant().plus(settings.notice()),
                least(),
                PlanQuestions.classOf(record));
    }

    /** Nobody has planned yet: what one ring of one batch takes at least. */
    private Duration least() {
        return settings.ringOverhead().plus(settings.perBatch()).plus(settings.margin());
    }
}
