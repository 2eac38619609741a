package org.patchboard.schedule;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which change has which window. A change has at most one live booking. */
@UseCase
public class Bookings {

    private static final String LIVE = "('booked', 'used')";

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    Bookings(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /** Books the slot; the booking that lives already is kept when it is the same slot, else cancelled first. */
    public Booking book(ChangeId change, int revision, Slot slot, Actor actor) {
        lock(change);
        var live = live(change);
        if (live.filter(booking -> booking.revision() == revision && booking.isAt(slot))
                .isPresent()) {
            return live.get();
        }
        live.ifPresent(booking -> close(booking, "cancelled", "another window is booked", actor));
        // Two apart: the cancellation of one booking has the number between it and the next.
        var sequence = jdbc.sql("select coalesce(max(sequence) + 2, 0) from booking where change_id = ?")
                .param(change.value())
                .query(Integer.class)
                .single();
        jdbc.sql("""
                        insert into booking (change_id, revision, sequence, window_id, window_name, zone, starts_at,
                                             ends_at, state, booked_at)
                        values (?, ?, ?, ?, ?, ?, ?, ?, 'booked', ?)""")
                .params(
                        change.value(),
                        revision,
                        sequence,
                        slot.windowId(),
                        slot.windowName(),
                        slot.zone(),
                        slot.start().atOffset(ZoneOffset.UTC),
                        slot.end().atOffset(ZoneOffset.UTC),
                        clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        audit.record(
                change,
                actor,
                "window-booked",
                slot.windowName(),
                Map.of(
                        "revision", revision,
                        "sequence", sequence,
                        "start", slot.start(),
                        "end", slot.end(),
                        "zone", slot.zone()));
        return live(change).orElseThrow();
    }

    /** Gives the window back; the booking that was cancelled, or nothing when none was live. */
    public Optional<Booking> cancel(ChangeId change, String reason, Actor actor) {
        return end(change, "cancelled", reason, actor);
    }

    /** The window went by; nothing starts late (law 11). */
    public Optional<Booking> miss(ChangeId change, String reason, Actor actor) {
        return end(change, "missed", reason, actor);
    }

    /** The roll-out has begun in it. */
    public void use(ChangeId change, Actor actor) {
        lock(change);
        live(change)
                .filter(booking -> booking.state().equals("booked"))
                .ifPresent(booking -> close(booking, "used", "the roll-out began", actor));
    }

    private Optional<Booking> end(ChangeId change, String state, String reason, Actor actor) {
        lock(change);
        var live = live(change);
        live.ifPresent(booking -> close(booking, state, reason, actor));
        return live;
    }

    /** The booking that holds now. */
    public Optional<Booking> live(ChangeId change) {
        return jdbc.sql("select * from booking where change_id = ? and state in " + LIVE)
                .param(change.value())
                .query((row, number) -> booking(row))
                .optional();
    }

    /** All of a change, newest first. */
    public List<Booking> of(ChangeId change) {
        return jdbc.sql("select * from booking where change_id = ? order by sequence desc")
                .param(change.value())
                .query((row, number) -> booking(row))
                .list();
    }

    /** Live bookings of all changes that overlap the interval, in order. */
    public List<Booking> between(Instant from, Instant to) {
        return jdbc.sql("select * from booking where state in " + LIVE
                        + " and starts_at < :to and ends_at > :from order by starts_at, change_id")
                .param("from", from.atOffset(ZoneOffset.UTC))
                .param("to", to.atOffset(ZoneOffset.UTC))
                .query((row, number) -> booking(row))
                .list();
    }

    private void close(Booking booking, String state, String reason, Actor actor) {
        jdbc.sql("update booking set state = ? where change_id = ? and sequence = ?")
                .params(state, booking.change().value(), booking.sequence())
                .update();
        audit.record(
                booking.change(),
                actor,
                "window-" + state,
                booking.windowName(),
                Map.of("sequence", booking.sequence(), "start", booking.start(), "reason", reason));
    }

    private void lock(ChangeId change) {
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('booking:' || ?, 0))")
                .param(change.value())
                .query((row, number) -> change)
                .single();
    }

    private static Booking booking(ResultSet row) throws SQLException {
        return new Booking(
                new ChangeId(row.getString("change_id")),
                row.getInt("revision"),
                row.getInt("sequence"),
                row.getString("window_name"),
                row.getString("zone"),
                row.getTimestamp("starts_at").toInstant(),
                row.getTimestamp("ends_at").toInstant(),
                row.getString("state"),
                row.getTimestamp("booked_at").toInstant());
    }
}
