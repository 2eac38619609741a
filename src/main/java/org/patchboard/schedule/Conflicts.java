package org.patchboard.schedule;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Finds what stands against a plan's time, each time it is asked, and keeps what was found and waived. */
@UseCase
public class Conflicts {

    private static final Actor ACTOR = Actor.system("schedule");
    private static final DateTimeFormatter AT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

    /**
     * What is asked.
     *
     * @param from the earliest start wanted
     * @param needed the run and the way back
     * @param booked the time that is booked, or null to look for some
     * @param rings assets that are worked on at the same time, ring by ring
     */
    public record Question(
            ChangeScope scope,
            int revision,
            String changeClass,
            Instant from,
            Duration needed,
            @Nullable Booked booked,
            List<? extends Collection<AssetId>> rings) {}

    /** The part of a booking that is still ahead. */
    public record Booked(String windowName, Instant start, Instant end) {

        Duration length() {
            return Duration.between(start, end);
        }
    }

    private record Found(String kind, boolean hard, String detail) {}

    private final JdbcClient jdbc;
    private final CalendarTable calendar;
    private final Slots slots;
    private final Neighbours neighbours;
    private final AuditTrail audit;
    private final Clock clock;

    Conflicts(
            JdbcClient jdbc,
            CalendarTable calendar,
            Slots slots,
            Neighbours neighbours,
            AuditTrail audit,
            Clock clock) {
        this.jdbc = jdbc;
        this.calendar = calendar;
        this.slots = slots;
        this.neighbours = neighbours;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Looks again. What is no longer found is kept as gone; a waiver stays with the conflict it was given for.
     *
     * @return the conflicts that stand now, waived ones among them
     */
    public List<Conflict> find(Question question) {
        var found = new ArrayList<Found>();
        if (question.booked() == null) {
            search(question, found);
        } else {
            at(question, question.booked(), found);
        }
        for (var ring : question.rings()) {
            for (var group : neighbours.haGroupsTwiceIn(ring)) {
                found.add(new Found("ha-group", false, "One ring works on several of " + group + " at the same time."));
            }
        }
        return store(question.scope().change(), question.revision(), found);
    }

    private void search(Question question, List<Found> found) {
        var scope = question.scope();
        var slot = slots.earliest(scope, question.from(), question.needed(), question.changeClass());
        if (slot.isEmpty()) {
            found.add(whyNone(question));
        } else {
            slots.firstWindow(scope, question.from())
                    .filter(first -> first.start().isBefore(slot.get().start()))
                    .ifPresent(first -> slots.freezes(scope, first.start(), first.end(), question.changeClass())
                            .forEach(freeze -> found.add(new Found("freeze", false, frozen(freeze)))));
        }
        neighbours
                .planned(scope)
                .forEach(other -> found.add(new Found(
                        "same-asset", false, "%s is open as well on %s.".formatted(other.change(), other.assets()))));
    }

    private Found whyNone(Question question) {
        var windows =
                slots.windows(question.scope(), question.from(), question.from().plus(Slots.HORIZON));
        var longest = windows.stream().map(Occurrence::length).max(Duration::compareTo);
        if (longest.isEmpty()) {
            return new Found("no-window", true, "No maintenance window covers all hosts of the change within a year.");
        }
        if (longest.get().compareTo(question.needed()) < 0) {
            return new Found(
                    "window-too-short",
                    true,
                    "The longest window has %s; the run and the way back need %s."
                            .formatted(words(longest.get()), words(question.needed())));
        }
        return new Found(
                "freeze",
                true,
                "Every window within a year that is long enough lies in a freeze or is taken by another change.");
    }

    private void at(Question question, Booked slot, List<Found> found) {
        var scope = question.scope();
        slots.freezes(scope, slot.start(), slot.end(), question.changeClass())
                .forEach(freeze -> found.add(new Found("freeze", true, frozen(freeze))));
        neighbours
                .booked(scope, slot.start(), slot.end())
                .forEach(other -> found.add(
                        other.sameAsset()
                                ? new Found(
                                        "same-asset",
                                        true,
                                        "%s is booked at the same time on %s.".formatted(other.change(), other.what()))
                                : new Found(
                                        "ha-group",
                                        true,
                                        "%s works at the same time on the other side of %s."
                                                .formatted(other.change(), other.what()))));
        if (slot.length().compareTo(question.needed()) < 0) {
            found.add(new Found(
                    "window-too-short",
                    true,
                    "The window has %s; the run and the way back need %s."
                            .formatted(words(slot.length()), words(question.needed()))));
        }
        if (calendar.windowsFor(scope).stream()
                .flatMap(window -> window.between(slot.start(), slot.end()).stream())
                .noneMatch(window ->
                        !window.start().isAfter(slot.start()) && !window.end().isBefore(slot.end()))) {
            found.add(new Found(
                    "no-window",
                    true,
                    "The window \"%s\" no longer covers the time booked.".formatted(slot.windowName())));
        }
    }

    private static String frozen(Occurrence freeze) {
        var zone = ZoneId.of(freeze.entry().content().zone());
        return "The freeze \"%s\" holds from %s to %s (%s)."
                .formatted(
                        freeze.entry().name(),
                        AT.format(freeze.start().atZone(zone)),
                        AT.format(freeze.end().atZone(zone)),
                        zone);
    }

    private static String words(Duration duration) {
        return "%d h %02d min".formatted(duration.toHours(), duration.toMinutesPart());
    }

    private List<Conflict> store(ChangeId change, int revision, List<Found> found) {
        var before = of(change, revision);
        for (var conflict : before) {
            var still = found.stream()
                    .anyMatch(f -> f.kind().equals(conflict.kind())
                            && f.hard() == conflict.hard()
                            && f.detail().equals(conflict.detail()));
            if (!still) {
                jdbc.sql("update schedule_conflict set gone_at = ? where id = ?")
                        .params(clock.instant().atOffset(ZoneOffset.UTC), conflict.id())
                        .update();
            }
        }
        for (var conflict : found) {
            // One that came back finds its row, and its waiver, again.
            jdbc.sql("""
                            insert into schedule_conflict (change_id, revision, kind, hard, detail, found_at)
                            values (:change, :revision, :kind, :hard, :detail, :at)
                            on conflict (change_id, revision, kind, hard, md5(detail)) do update set gone_at = null""")
                    .param("change", change.value())
                    .param("revision", revision)
                    .param("kind", conflict.kind())
                    .param("hard", conflict.hard())
                    .param("detail", conflict.detail())
                    .param("at", clock.instant().atOffset(ZoneOffset.UTC))
                    .update();
        }
        var now = of(change, revision);
        if (!now.equals(before)) {
            audit.record(
                    change,
                    ACTOR,
                    "conflicts-found",
                    "revision " + revision,
                    Map.of("conflicts", now.stream().map(Conflict::detail).toList()));
        }
        return now;
    }

    /** Those that stand, as last found, hard ones first. */
    public List<Conflict> of(ChangeId change, int revision) {
        return jdbc.sql("""
                        select id, kind, hard, detail, found_at, waived_by, waiver from schedule_conflict
                         where change_id = ? and revision = ? and gone_at is null order by hard desc, id""")
                .params(change.value(), revision)
                .query((row, number) -> new Conflict(
                        row.getLong("id"),
                        row.getString("kind"),
                        row.getBoolean("hard"),
                        row.getString("detail"),
                        row.getTimestamp("found_at").toInstant(),
                        row.getString("waived_by"),
                        row.getString("waiver")))
                .list();
    }

    /**
     * Somebody answers for a conflict.
     *
     * @throws Refusal without a reason, or when there is no such conflict
     */
    public void waive(ChangeId change, long conflict, String reason, Actor actor) {
        if (reason.isBlank()) {
            throw Refusal.incomplete("Say why the conflict may be waived.");
        }
        var detail = jdbc.sql("""
                        update schedule_conflict set waived_by = :by, waiver = :reason
                         where id = :id and change_id = :change and gone_at is null returning detail""")
                .param("by", actor.name())
                .param("reason", reason)
                .param("id", conflict)
                .param("change", change.value())
                .query(String.class)
                .optional()
                .orElseThrow(() -> Refusal.unknown("%s has no conflict %d.".formatted(change, conflict)));
        audit.record(change, actor, "conflict-waived", detail, Map.of("reason", reason));
    }
}
