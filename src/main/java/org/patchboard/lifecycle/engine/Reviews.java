package org.patchboard.lifecycle.engine;

import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.approval.Licences;
import org.patchboard.audit.AuditTrail;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.change.Statements;
import org.patchboard.risk.Decisions;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Sha256;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Post-implementation reviews. Which change is reviewed is said by the table {@link #TABLE}, with a receipt; for the
 * sample it is drawn by the change's number, so that nobody can choose.
 */
@UseCase
public class Reviews {

    /** The decision table that says whether a change is reviewed. */
    static final String TABLE = "review-need";

    private static final Actor ACTOR = Actor.system("review");
    private static final int BUSINESS_DAYS = 5;
    private static final int SAMPLED_PERCENT = 5;

    private final JdbcClient jdbc;
    private final Changes changes;
    private final Statements statements;
    private final Dossier dossier;
    private final RolloutPlans plans;
    private final Licences licences;
    private final Decisions decisions;
    private final AuditTrail audit;
    private final Clock clock;

    Reviews(
            JdbcClient jdbc,
            Changes changes,
            Statements statements,
            Dossier dossier,
            RolloutPlans plans,
            Licences licences,
            Decisions decisions,
            AuditTrail audit,
            Clock clock) {
        this.jdbc = jdbc;
        this.changes = changes;
        this.statements = statements;
        this.dossier = dossier;
        this.plans = plans;
        this.licences = licences;
        this.decisions = decisions;
        this.audit = audit;
        this.clock = clock;
    }

    private record Facts(
            boolean halted,
            boolean backedOut,
            boolean emergency,
            boolean glassBroken,
            @Nullable Instant due,
            String zone) {}

    /** Whether the change is to be reviewed; decided by the table, and what speaks for it is recorded either way. */
    public boolean judge(ChangeId change) {
        var reasons = reasons(change);
        var facts = facts(change);
        var needed = Boolean.TRUE.equals(decisions
                .decide(
                        change,
                        TABLE,
                        Map.of(
                                "halted", facts.halted(),
                                "backedOut", facts.backedOut(),
                                "glassBroken", facts.glassBroken(),
                                "emergency", facts.emergency(),
                                "late", isLate(facts),
                                "sampled", isSampled(change)))
                .single()
                .get("needed"));
        trouble(change).ifPresent(why -> licences.suspend(change, why));
        audit.record(change, ACTOR, "review-judged", change.value(), Map.of("reasons", reasons));
        if (needed && changes.get(change).state().next().contains(ChangeState.REVIEW)) {
            changes.moveTo(change, ChangeState.REVIEW, ACTOR);
        }
        return needed;
    }

    private boolean isLate(Facts facts) {
        return facts.due() != null && clock.instant().isAfter(facts.due());
    }

    /** What costs a licence: the rest of the reasons are no fault of the way of working. */
    private Optional<String> trouble(ChangeId change) {
        var facts = facts(change);
        if (facts.halted() || facts.backedOut()) {
            return Optional.of("a ring was halted or taken back");
        }
        return isLate(facts) ? Optional.of("its deadline was missed") : Optional.empty();
    }

    List<String> reasons(ChangeId change) {
        var facts = facts(change);
        var reasons = new ArrayList<String>();
        if (facts.halted()) {
            reasons.add("a ring was halted");
        }
        if (facts.backedOut()) {
            reasons.add("a ring was taken back");
        }
        if (facts.emergency()) {
            reasons.add("it was an emergency");
        }
        if (facts.glassBroken()) {
            reasons.add("the glass was broken");
        }
        if (isLate(facts)) {
            reasons.add("its deadline was missed");
        }
        if (reasons.isEmpty() && isSampled(change)) {
            reasons.add("it was drawn as one of " + SAMPLED_PERCENT + " in 100");
        }
        return reasons;
    }

    /** The same answer for the same number, whoever asks and whenever. */
    static boolean isSampled(ChangeId change) {
        return Integer.parseUnsignedInt(Sha256.hex("review:" + change).substring(0, 7), 16) % 100 < SAMPLED_PERCENT;
    }

    /** What the reviewer reads. */
    public Map<String, Object> summary(ChangeId change) {
        var summary = new LinkedHashMap<String, Object>();
        summary.put("reasons", reasons(change));
        summary.put(
                "rings",
                jdbc.sql("""
                        select concat(number, ' ', name) as ring, state, coalesce(stopped_why, '') as why
                          from ring r where change_id = :change
                           and revision = (select max(revision) from ring where change_id = :change) order by number""")
                        .param("change", change.value())
                        .query((row, number) -> Map.<String, Object>of(
                                "ring",
                                row.getString("ring"),
                                "state",
                                row.getString("state"),
                                "why",
                                row.getString("why")))
                        .list());
        summary.put("statements", dossier.statements(change));
        return summary;
    }

    /** Keeps the review. */
    public void done(ChangeId change, String verdict, String rootCause, String actions, Actor actor) {
        statements.record(
                change,
                plans.newestRevision(change),
                "review",
                verdict,
                "Root cause: " + rootCause + "\n\nActions: " + actions,
                actor);
        licences.reinstate(change, actor);
    }

    /** Five business days from now, in the zone of the maintenance group. */
    public Instant due(ChangeId change) {
        return businessDays(
                clock.instant(), BUSINESS_DAYS, ZoneId.of(facts(change).zone()));
    }

    /** The same time of day so many working days later; Saturdays and Sundays are none. */
    static Instant businessDays(Instant from, int days, ZoneId zone) {
        var day = from.atZone(zone);
        for (var left = days; left > 0; ) {
            day = day.plusDays(1);
            if (day.getDayOfWeek() != DayOfWeek.SATURDAY && day.getDayOfWeek() != DayOfWeek.SUNDAY) {
                left--;
            }
        }
        return day.toInstant();
    }

    private Facts facts(ChangeId change) {
        return jdbc.sql("""
                        select exists (select from ring r where r.change_id = c.id and r.halted_at is not null
                                          and r.kind <> 'lab') as halted,
                               exists (select from ring r where r.change_id = c.id and r.state = 'backed-out') as backed_out,
                               coalesce(c.class = 'emergency', false) as emergency, c.due_at, g.zone,
                               exists (select from break_glass b where b.change_id = c.id
                                          and b.confirmed_at is not null) as glass_broken
                          from change_record c join maintenance_group g on g.id = c.maintenance_group
                         where c.id = ?""")
                .param(change.value())
                .query((row, number) -> {
                    var due = row.getTimestamp("due_at");
                    return new Facts(
                            row.getBoolean("halted"),
                            row.getBoolean("backed_out"),
                            row.getBoolean("emergency"),
                            row.getBoolean("glass_broken"),
                            due == null ? null : due.toInstant(),
                            row.getString("zone"));
                })
                .single();
    }
}
