package org.patchboard.approval;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Going ahead without an approval: possible, bounded, loud and judged afterwards (law 8). */
@UseCase
public class BreakGlass {

    /** The most hosts that are worked on without an approval. */
    public static final int MOST_HOSTS = 50;

    /** How long it holds. */
    public static final Duration LONGEST = Duration.ofHours(4);

    private static final Actor ACTOR = Actor.system("break-glass");

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    BreakGlass(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * The first of two people.
     *
     * @throws Refusal when something is missing, the plan is too large, or an earlier break-glass for the same hosts has
     *     not been reviewed
     */
    public void begin(
            ChangeId change, int revision, String digest, int hosts, String reason, String incident, Actor actor) {
        if (reason.isBlank() || incident.isBlank()) {
            throw Refusal.incomplete("Say why it cannot wait, and give the number of the incident.");
        }
        if (hosts > MOST_HOSTS) {
            throw Refusal.conflict("The plan has %d hosts; without an approval at most %d are worked on."
                    .formatted(hosts, MOST_HOSTS));
        }
        unreviewed(change).ifPresent(other -> {
            throw Refusal.conflict(
                    "The glass was broken for %s and that has not been reviewed; review it first.".formatted(other));
        });
        jdbc.sql("""
                        insert into break_glass (change_id, revision, digest, hosts, reason, incident, broken_by, broken_at)
                        values (?, ?, ?, ?, ?, ?, ?, ?)""")
                .params(change.value(), revision, digest, hosts, reason, incident, actor.name(), now())
                .update();
        audit.record(
                change,
                actor,
                "break-glass-asked",
                "revision " + revision,
                Map.of("reason", reason, "incident", incident, "digest", digest, "hosts", hosts));
    }

    /** Another change of the same maintenance group for which the glass was broken, without a review so far. */
    public Optional<String> unreviewed(ChangeId change) {
        return jdbc.sql("""
                        select g.change_id from break_glass g
                          join change_record c on c.id = g.change_id
                          join change_record me on me.id = :change and me.maintenance_group = c.maintenance_group
                         where g.confirmed_at is not null and g.change_id <> :change
                           and not exists (select from statement s
                                            where s.change_id = g.change_id and s.kind = 'review')
                         order by g.id limit 1""").param("change", change.value()).query(String.class).optional();
    }

    /**
     * The second person: from now on the plan may be carried out, for four hours.
     *
     * @throws Refusal when it is the first person under whatever login, or there is nothing to confirm
     */
    public void confirm(ChangeId change, Actor actor) {
        var glass = latest(change)
                .filter(it -> !it.isConfirmed() && !it.givenUp())
                .orElseThrow(() -> Refusal.conflict("Nobody has asked to break the glass for " + change + "."));
        if (isSameHuman(glass.brokenBy(), actor)) {
            throw Refusal.forbidden("Two people break the glass; somebody else has to confirm it.");
        }
        jdbc.sql("update break_glass set confirmed_by = ?, confirmed_at = ?, until_at = ? where id = ?")
                .params(actor.name(), now(), now().plus(LONGEST), glass.id())
                .update();
        audit.record(
                change,
                actor,
                "glass-broken",
                "revision " + glass.revision(),
                Map.of(
                        "brokenBy",
                        glass.brokenBy(),
                        "until",
                        now().plus(LONGEST).toInstant(),
                        "digest",
                        glass.digest()));
    }

    /** The second person refuses, or nobody confirms in time. */
    public void giveUp(ChangeId change, String why, Actor actor) {
        latest(change).filter(glass -> !glass.isConfirmed() && !glass.givenUp()).ifPresent(glass -> {
            jdbc.sql("update break_glass set given_up_at = ? where id = ?")
                    .params(now(), glass.id())
                    .update();
            audit.record(change, actor, "break-glass-given-up", "revision " + glass.revision(), Map.of("why", why));
        });
    }

    /**
     * Somebody who had no part in it judges it.
     *
     * @throws Refusal when it is one of the two, or it is judged already
     */
    public void judge(ChangeId change, boolean justified, String text, Actor actor) {
        var glass = latest(change)
                .filter(it -> it.isConfirmed() && it.verdict() == null)
                .orElseThrow(() -> Refusal.conflict("There is nothing to judge any more."));
        if (actor.isPerson() && (isSameHuman(glass.brokenBy(), actor) || isSameHuman(glass.confirmedBy(), actor))) {
            throw Refusal.forbidden("Who broke the glass does not judge it.");
        }
        jdbc.sql("update break_glass set verdict = ?, verdict_text = ?, judged_by = ?, judged_at = ? where id = ?")
                .params(justified ? "justified" : "not-justified", text, actor.name(), now(), glass.id())
                .update();
        audit.record(
                change,
                actor,
                justified ? "break-glass-justified" : "break-glass-not-justified",
                "revision " + glass.revision(),
                Map.of("text", text));
    }

    /** Nobody judged it within the day: silence is no consent, so it was not justified. */
    public void judgeSilence(ChangeId change) {
        if (latest(change).filter(glass -> glass.verdict() == null).isPresent()) {
            judge(change, false, "nobody judged it within a day", ACTOR);
        }
    }

    /** The newest of a change, whatever became of it. */
    public Optional<BrokenGlass> latest(ChangeId change) {
        return jdbc.sql("select * from break_glass where change_id = ? order by id desc limit 1")
                .param(change.value())
                .query((row, number) -> read(row))
                .optional();
    }

    /** What lets a change go ahead now: confirmed, not over, not found unjustified. */
    public Optional<BrokenGlass> inForce(ChangeId change, int revision) {
        return latest(change).filter(glass -> {
            var until = glass.until();
            return glass.revision() == revision
                    && until != null
                    && clock.instant().isBefore(until)
                    && !"not-justified".equals(glass.verdict());
        });
    }

    private boolean isSameHuman(@org.jspecify.annotations.Nullable String login, Actor actor) {
        return actor.name().equals(login)
                || jdbc.sql("""
                        select exists (select from person a, person b
                                        where a.login = ? and b.login = ? and human(a.id) = human(b.id))""")
                        .params(java.util.Arrays.asList(login, actor.name()))
                        .query(Boolean.class)
                        .single();
    }

    private static BrokenGlass read(ResultSet row) throws SQLException {
        var until = row.getTimestamp("until_at");
        return new BrokenGlass(
                row.getLong("id"),
                new ChangeId(row.getString("change_id")),
                row.getInt("revision"),
                row.getString("digest"),
                row.getInt("hosts"),
                row.getString("reason"),
                row.getString("incident"),
                row.getString("broken_by"),
                row.getTimestamp("broken_at").toInstant(),
                row.getString("confirmed_by"),
                until == null ? null : until.toInstant(),
                row.getTimestamp("given_up_at") != null,
                row.getString("verdict"),
                row.getString("verdict_text"),
                row.getString("judged_by"));
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
