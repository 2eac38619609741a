package org.patchboard.schedule;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Windows proposed to the owner because the one wished for cannot be had, and what the owner answered. */
@UseCase
public class WindowProposals {

    /**
     * A proposal.
     *
     * @param wished the start that was wished for; null when nothing was
     * @param answer {@code consented} or {@code refused}; null while the owner has not answered
     */
    public record Proposal(
            long id,
            int revision,
            Slot slot,
            @Nullable Instant wished,
            @Nullable String answer) {}

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    WindowProposals(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /** Keeps what was found. {@code consented} at once when it is what was wished for. */
    public Proposal propose(
            ChangeId change, int revision, Slot slot, @Nullable Instant wished, boolean needsConsent, Actor actor) {
        var before = latest(change, revision).filter(proposal -> proposal.slot().equals(slot));
        if (before.isPresent()) {
            return before.get();
        }
        jdbc.sql("""
                        insert into window_proposal (change_id, revision, window_id, window_name, zone, starts_at, ends_at,
                                                     wished_at, answer, proposed_at)
                        values (:change, :revision, :window, :name, :zone, :start, :end, :wished, :answer, :at)""")
                .param("change", change.value())
                .param("revision", revision)
                .param("window", slot.windowId())
                .param("name", slot.windowName())
                .param("zone", slot.zone())
                .param("start", slot.start().atOffset(ZoneOffset.UTC))
                .param("end", slot.end().atOffset(ZoneOffset.UTC))
                .param("wished", wished == null ? null : wished.atOffset(ZoneOffset.UTC))
                .param("answer", needsConsent ? null : "consented")
                .param("at", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        var content = new LinkedHashMap<String, Object>();
        content.put("start", slot.start());
        content.put("end", slot.end());
        content.put("needsConsent", needsConsent);
        if (wished != null) {
            content.put("wished", wished);
        }
        audit.record(change, actor, "window-proposed", slot.windowName(), content);
        return latest(change, revision).orElseThrow();
    }

    /** @throws Refusal when nothing is proposed that still waits for an answer */
    public void answer(ChangeId change, int revision, boolean consents, String comment, Actor actor) {
        var proposal = latest(change, revision)
                .filter(p -> p.answer() == null)
                .orElseThrow(() -> Refusal.conflict("No window of " + change + " waits for consent."));
        var answer = consents ? "consented" : "refused";
        jdbc.sql("""
                        update window_proposal set answer = ?, comment = ?, answered_by = ?, answered_at = ?
                         where id = ?""")
                .params(answer, comment, actor.name(), clock.instant().atOffset(ZoneOffset.UTC), proposal.id())
                .update();
        audit.record(
                change,
                actor,
                "window-" + answer,
                proposal.slot().windowName(),
                Map.of("start", proposal.slot().start(), "comment", comment));
    }

    /** The change manager looks for the next one: the latest proposal is off the table. */
    public void passOver(ChangeId change, int revision, String reason, Actor actor) {
        latest(change, revision).ifPresent(proposal -> {
            jdbc.sql("update window_proposal set answer = 'passed-over', comment = ?, answered_by = ?, answered_at = ?"
                            + " where id = ?")
                    .params(reason, actor.name(), clock.instant().atOffset(ZoneOffset.UTC), proposal.id())
                    .update();
            audit.record(
                    change,
                    actor,
                    "window-passed-over",
                    proposal.slot().windowName(),
                    Map.of("start", proposal.slot().start(), "reason", reason));
        });
    }

    public Optional<Proposal> latest(ChangeId change, int revision) {
        return jdbc.sql("select * from window_proposal where change_id = ? and revision = ? order by id desc limit 1")
                .params(change.value(), revision)
                .query((row, number) -> proposal(row))
                .optional();
    }

    /** From when on is looked again: after the last one that was refused or passed over. */
    public Optional<Instant> refusedUntil(ChangeId change, int revision) {
        return jdbc.sql("""
                        select max(ends_at) from window_proposal
                         where change_id = ? and revision = ? and answer in ('refused', 'passed-over')""")
                .params(change.value(), revision)
                .query((row, number) -> Optional.ofNullable(row.getTimestamp(1)).map(Timestamp::toInstant))
                .single();
    }

    private static Proposal proposal(ResultSet row) throws SQLException {
        var wished = row.getTimestamp("wished_at");
        return new Proposal(
                row.getLong("id"),
                row.getInt("revision"),
                new Slot(
                        row.getLong("window_id"),
                        row.getString("window_name"),
                        row.getString("zone"),
                        row.getTimestamp("starts_at").toInstant(),
                        row.getTimestamp("ends_at").toInstant()),
                wished == null ? null : wished.toInstant(),
                row.getString("answer"));
    }
}
