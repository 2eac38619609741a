package org.patchboard.approval;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Slice;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Licences for standard changes: earned by a change that went well and by a vote of the board, good for a number of
 * changes until a date, and suspended by trouble until that has been reviewed.
 */
@UseCase
public class Licences {

    /** Approvals needed, security among them. */
    static final int APPROVALS = 3;

    private static final Duration LONGEST = Duration.ofDays(365);
    private static final int MOST_USES = 50;
    private static final Actor ACTOR = Actor.system("licences");

    private static final String SELECT = """
            select l.*, (select count(*) from licence_use u where u.licence = l.id) as used from licence l
            """;

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    Licences(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Proposes to license the way of working of a change that went well.
     *
     * @param until at most a year from now
     * @return the key of the licence
     * @throws Refusal when the change is no model, the bounds are too wide, or there is such a licence already
     */
    public long propose(ChangeId model, int uses, Instant until, Actor actor) {
        var now = clock.instant();
        if (uses < 1 || uses > MOST_USES || !until.isAfter(now) || until.isAfter(now.plus(LONGEST))) {
            throw Refusal.incomplete("A licence is good for 1 to %d changes and at most a year.".formatted(MOST_USES));
        }
        var fit =
                jdbc.sql("""
                        select exists (
                          select from change_record c
                           where c.id = :model and c.state = 'closed' and c.outcome = 'completed' and c.class = 'normal'
                             and (c.due_at is null or c.closed_at <= c.due_at)
                             and not exists (select from ring r where r.change_id = c.id and r.kind <> 'lab'
                                                and (r.halted_at is not null or r.state = 'backed-out'))
                             and exists (select from ballot b where b.change_id = c.id and b.outcome = 'approved'
                                            and b.purpose = 'authorization'))""").param("model", model.value()).query(Boolean.class).single();
        if (!fit) {
            throw Refusal.conflict(
                    "%s is no model: a licence is earned by a normal change that was approved, met its".formatted(model)
                            + " deadline and was never halted.");
        }
        var id = jdbc.sql("""
                        insert into licence (maintenance_group, advisory, model_change, uses, until_at, state, proposed_by,
                                             proposed_at)
                        select maintenance_group, advisory, id, :uses, :until, 'proposed', :by, :now
                          from change_record where id = :model
                        on conflict do nothing returning id""")
                .param("uses", uses)
                .param("until", until.atOffset(ZoneOffset.UTC))
                .param("by", actor.name())
                .param("now", now())
                .param("model", model.value())
                .query(Long.class)
                .optional()
                .orElseThrow(() -> Refusal.conflict("There is a licence for this kind of change already."));
        audit.record(model, actor, "licence-proposed", "licence " + id, Map.of("uses", uses, "until", until));
        return id;
    }

    /**
     * A member of the board votes; the third approval, with security among them, makes it live, and security alone or
     * three others refuse it.
     *
     * @throws Refusal when the person may not vote on it, or says nothing while refusing
     */
    public Licence vote(long id, boolean approves, String comment, Actor actor) {
        var licence = lock(id);
        if (!licence.state().equals("proposed")) {
            throw Refusal.conflict("This licence is %s.".formatted(licence.state()));
        }
        if (!approves && comment.isBlank()) {
            throw Refusal.incomplete("Say why: only a plain approval needs no comment.");
        }
        record Voter(long human, boolean board, boolean security, boolean proposer, boolean conflict) {}
        var voter = jdbc.sql("""
                        select human(p.id) as human,
                               exists (select from effective_membership(:now) m where m.person = p.id and m.team = 'cab') as board,
                               exists (select from effective_membership(:now) m
                                        where m.person = p.id and m.team = 'security-representative') as security,
                               coalesce(human(p.id) = (select human(o.id) from person o where o.login = :proposer),
                                        false) as proposer,
                               exists (select from duty_against(:model, p.id, 'VOTE', :now)) as conflict
                          from person p where p.login = :login and p.enabled""")
                .param("now", now())
                .param("proposer", licence.proposedBy())
                .param("model", licence.model().value())
                .param("login", actor.name())
                .query(Voter.class)
                .optional()
                .orElseThrow(() -> Refusal.forbidden("Only people vote on a licence."));
        if (!voter.board() && !voter.security()) {
            throw Refusal.forbidden("The board and the security representatives vote on licences.");
        }
        if (voter.proposer() || voter.conflict()) {
            throw Refusal.forbidden("You proposed this licence or had a part in its model; others vote on it.");
        }
        jdbc.sql("""
                        insert into licence_vote (licence, person, approves, security, comment, at)
                        values (:licence, :person, :approves, :security, :comment, :now)
                        on conflict (licence, person) do update set approves = excluded.approves,
                          security = excluded.security, comment = excluded.comment, at = excluded.at""")
                .param("licence", id)
                .param("person", voter.human())
                .param("approves", approves)
                .param("security", voter.security())
                .param("comment", comment)
                .param("now", now())
                .update();
        audit.record(
                licence.model(),
                actor,
                "licence-vote",
                "licence " + id,
                Map.of("approves", approves, "comment", comment));
        settle(licence);
        return get(id);
    }

    private void settle(Licence licence) {
        record Count(long yes, long no, boolean security, boolean veto) {}
        var count = jdbc.sql("""
                        select count(*) filter (where approves) as yes, count(*) filter (where not approves) as no,
                               coalesce(bool_or(security and approves), false) as security,
                               coalesce(bool_or(security and not approves), false) as veto
                          from licence_vote where licence = ?""").param(licence.id()).query(Count.class).single();
        if (count.veto() || count.no() >= APPROVALS) {
            move(licence, "refused", "the board refused it", ACTOR);
        } else if (count.yes() >= APPROVALS && count.security()) {
            move(licence, "live", "the board granted it", ACTOR);
        }
    }

    /** The licence under which a change of this kind would be a standard change now. */
    public Optional<Licence> live(String maintenanceGroup, String advisory) {
        return jdbc.sql(SELECT + """
                        where l.maintenance_group = ? and l.advisory = ? and l.state = 'live' and l.until_at > ?""")
                .params(maintenanceGroup, advisory, now())
                .query((row, number) -> read(row))
                .optional()
                .filter(licence -> licence.used() < licence.uses());
    }

    /**
     * A change is carried out under it.
     *
     * @throws Refusal when another change has had its last use meanwhile, or it was suspended
     */
    public void use(Licence licence, ChangeId change) {
        var now = lock(licence.id());
        if (!now.state().equals("live") || now.used() >= now.uses()) {
            throw Refusal.conflict("Licence %d cannot be used any more.".formatted(now.id()));
        }
        jdbc.sql("insert into licence_use (licence, change_id, at) values (?, ?, ?) on conflict do nothing")
                .params(licence.id(), change.value(), now())
                .update();
        audit.record(
                change,
                ACTOR,
                "licence-used",
                "licence " + licence.id(),
                Map.of("model", licence.model().value()));
    }

    /** A change under a licence had trouble: the licence is suspended until that is reviewed. */
    public void suspend(ChangeId change, String why) {
        of(change)
                .filter(licence -> licence.state().equals("live"))
                .ifPresent(licence -> move(licence, "suspended", change + ": " + why, ACTOR));
    }

    /** The trouble of a change has been reviewed: its licence is live again. */
    public void reinstate(ChangeId change, Actor reviewer) {
        of(change)
                .filter(licence -> licence.state().equals("suspended"))
                .filter(licence -> licence.why().startsWith(change + ":"))
                .ifPresent(licence -> move(licence, "live", "reviewed by " + reviewer.name(), reviewer));
    }

    /** The licence that a change was carried out under. */
    public Optional<Licence> of(ChangeId change) {
        return jdbc.sql(SELECT
                        + "join licence_use x on x.licence = l.id where x.change_id = ? order by x.at desc limit 1")
                .param(change.value())
                .query((row, number) -> read(row))
                .optional();
    }

    /** All, newest first. */
    public List<Licence> all() {
        return jdbc.sql(SELECT + "order by l.id desc")
                .query((row, number) -> read(row))
                .list();
    }

    /** Newest first. */
    public Slice<Licence> page(int page, int size) {
        Slice.checkBounds(page, size);
        return new Slice<>(
                jdbc.sql(SELECT + "order by l.id desc limit ? offset ?")
                        .params(size, (long) page * size)
                        .query((row, number) -> read(row))
                        .list(),
                page,
                size,
                jdbc.sql("select count(*) from licence").query(Long.class).single());
    }

    /** @throws Refusal when there is none */
    public Licence get(long id) {
        return jdbc.sql(SELECT + "where l.id = ?")
                .param(id)
                .query((row, number) -> read(row))
                .optional()
                .orElseThrow(() -> Refusal.unknown("There is no licence " + id + "."));
    }

    private Licence lock(long id) {
        jdbc.sql("select id from licence where id = ? for update")
                .param(id)
                .query(Long.class)
                .optional();
        return get(id);
    }

    private void move(Licence licence, String state, String why, Actor actor) {
        jdbc.sql("update licence set state = ?, why = ?, decided_at = coalesce(decided_at, ?) where id = ?")
                .params(state, why, now(), licence.id())
                .update();
        audit.record(licence.model(), actor, "licence-" + state, "licence " + licence.id(), Map.of("why", why));
    }

    private static Licence read(ResultSet row) throws SQLException {
        return new Licence(
                row.getLong("id"),
                row.getString("maintenance_group"),
                row.getString("advisory"),
                new ChangeId(row.getString("model_change")),
                row.getInt("uses"),
                row.getInt("used"),
                row.getTimestamp("until_at").toInstant(),
                row.getString("state"),
                row.getString("why"),
                row.getString("proposed_by"));
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
