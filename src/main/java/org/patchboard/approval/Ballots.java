package org.patchboard.approval;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Keeps ballots and votes. An outcome is computed from the recorded votes in the transaction of the vote that makes it
 * certain; nobody sets it. Silence never approves: a deadline that passes leaves {@code expired}.
 */
@UseCase
public class Ballots {

    private static final Actor ACTOR = Actor.system("approval");
    private static final String BALLOT = "select * from ballot where change_id = :change ";

    /**
     * What a voter hands in.
     *
     * @param shownDigest the plan digest that the voter had before their eyes
     * @param teams the voter's groups, read now
     */
    public record NewVote(
            ChangeId change,
            int revision,
            int round,
            String login,
            Collection<String> teams,
            Decision decision,
            String comment,
            String shownDigest) {}

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    Ballots(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Opens a ballot in the next round of the plan's revision.
     *
     * @throws Refusal when a ballot about this revision is open already
     */
    public Ballot open(NewBallot wanted) {
        var before = latest(wanted.change(), wanted.revision());
        if (before.filter(Ballot::isOpen).isPresent()) {
            throw Refusal.conflict(
                    "A vote on revision %d of %s is open already.".formatted(wanted.revision(), wanted.change()));
        }
        var round = before.map(Ballot::round).orElse(0) + 1;
        jdbc.sql("""
                        insert into ballot (change_id, revision, round, purpose, digest, authority, minimum_votes, required_teams,
                                            veto_teams, eligible, deadline, receipt, opened_at)
                        values (:change, :revision, :round, :purpose, :digest, :authority, :minimum, :required, :veto, :eligible,
                                :deadline, :receipt, :at)""")
                .param("change", wanted.change().value())
                .param("revision", wanted.revision())
                .param("round", round)
                .param("purpose", wanted.purpose())
                .param("digest", wanted.digest())
                .param("authority", wanted.authority())
                .param("minimum", wanted.minimumVotes())
                .param("required", wanted.requiredTeams().toArray(String[]::new))
                .param("veto", wanted.vetoTeams().toArray(String[]::new))
                .param("eligible", wanted.eligible().toArray(String[]::new))
                .param("deadline", wanted.deadline().atOffset(ZoneOffset.UTC))
                .param("receipt", wanted.receipt())
                .param("at", now())
                .update();
        audit.record(
                wanted.change(),
                ACTOR,
                "ballot-opened",
                label(wanted.revision(), round),
                Map.of(
                        "authority", wanted.authority(),
                        "purpose", wanted.purpose(),
                        "digest", wanted.digest(),
                        "minimumVotes", wanted.minimumVotes(),
                        "requiredTeams", wanted.requiredTeams(),
                        "vetoTeams", wanted.vetoTeams(),
                        "eligible", wanted.eligible(),
                        "deadline", wanted.deadline(),
                        "receipt", wanted.receipt().toString()));
        return find(wanted.change(), wanted.revision(), round).orElseThrow();
    }

    /**
     * Casts a vote, or changes it: the one it replaces is kept. When it makes the outcome certain, the outcome is
     * written with it.
     *
     * @throws Refusal when the ballot is decided or over, the voter was not invited or has lost the membership, a
     *     reason is missing, or the plan is no longer the one the voter was shown
     */
    public Tally cast(NewVote vote) {
        var ballot = lock(vote.change(), vote.revision(), vote.round());
        refuseUnlessOpen(ballot);
        if (!ballot.eligible().contains(vote.login())) {
            throw Refusal.forbidden("You were not invited to this vote.");
        }
        if (vote.teams().stream().noneMatch(electorate(ballot)::contains)) {
            throw Refusal.forbidden("You no longer belong to a group that votes here: %s."
                    .formatted(String.join(", ", electorate(ballot))));
        }
        if (!ballot.digest().equals(vote.shownDigest())) {
            throw Refusal.conflict(
                    "The plan has changed since you opened this task; reload it and read the plan again before you vote.");
        }
        if (vote.decision() != Decision.APPROVE && vote.comment().isBlank()) {
            throw Refusal.incomplete("Say why: only a plain approval needs no comment.");
        }
        refuseSecondVoteOfASeat(ballot, vote);
        var person = jdbc.sql("select human(id) from person where login = ? and enabled")
                .param(vote.login())
                .query(Long.class)
                .optional()
                .orElseThrow(() -> Refusal.forbidden("There is no person " + vote.login() + " who can sign in."));
        var replaced = jdbc.sql("""
                        update vote set replaced_at = :at
                         where change_id = :change and revision = :revision and round = :round and person = :person
                           and replaced_at is null""")
                .param("at", now())
                .param("change", vote.change().value())
                .param("revision", vote.revision())
                .param("round", vote.round())
                .param("person", person)
                .update();
        jdbc.sql("""
                        insert into vote (change_id, revision, round, person, login, teams, decision, comment, digest, at)
                        values (:change, :revision, :round, :person, :login, :teams, :decision, :comment, :digest, :at)""")
                .param("change", vote.change().value())
                .param("revision", vote.revision())
                .param("round", vote.round())
                .param("person", person)
                .param("login", vote.login())
                .param("teams", vote.teams().stream().sorted().toArray(String[]::new))
                .param("decision", vote.decision().word())
                .param("comment", vote.comment())
                .param("digest", vote.shownDigest())
                .param("at", now())
                .update();
        audit.record(
                vote.change(),
                Actor.person(vote.login()),
                "vote-cast",
                label(vote.revision(), vote.round()),
                Map.of(
                        "decision", vote.decision().word(),
                        "comment", vote.comment(),
                        "digest", vote.shownDigest(),
                        "teams", vote.teams().stream().sorted().toList(),
                        "changed", replaced > 0));
        return closeWhenCertain(ballot);
    }

    /** A substitute who votes only for somebody absent has that person's vote, not a second one. */
    private void refuseSecondVoteOfASeat(Ballot ballot, NewVote vote) {
        var voted = standing(ballot).stream().map(Tally.Cast::login).toList();
        seats(ballot).stream()
                .filter(seat -> seat.has(vote.login()))
                .map(seat -> seat.other(vote.login()))
                .filter(voted::contains)
                .findFirst()
                .ifPresent(other -> {
                    throw Refusal.conflict(
                            "%s has voted already; a substitute and the person replaced have one vote together."
                                    .formatted(other));
                });
    }

    private record Seat(String absent, String substitute) {

        boolean has(String login) {
            return absent.equals(login) || substitute.equals(login);
        }

        String other(String login) {
            return absent.equals(login) ? substitute : absent;
        }
    }

    /** Voters who share one vote now: somebody of the electorate, and a substitute who is in it for that person only. */
    private List<Seat> seats(Ballot ballot) {
        return jdbc.sql("""
                        with electorate as (
                          select human(m.person) as person from membership m
                           where m.team = any(:teams) and m.valid_from <= :now and :now < m.valid_to)
                        select a.login as absent, b.login as substitute
                          from substitution s
                          join person a on human(a.id) = human(s.absent)
                          join person b on human(b.id) = human(s.substitute)
                         where s.approved_at is not null and s.valid_from <= :now and :now < s.valid_to
                           and human(s.absent) in (select person from electorate)
                           and human(s.substitute) not in (select person from electorate)""")
                .param("teams", electorate(ballot).toArray(String[]::new))
                .param("now", now())
                .query(Seat.class)
                .list();
    }

    private Tally closeWhenCertain(Ballot ballot) {
        var tally = tally(ballot);
        if (!ballot.isOpen()) {
            return tally;
        }
        if (ballot.isAdvice()) {
            if (tally.outstanding() == 0) {
                close(ballot, "advised", advice(ballot));
            }
        } else if (tally.state() != Tally.State.OPEN) {
            close(ballot, tally.state() == Tally.State.APPROVED ? "approved" : "rejected", tally.sentence());
        }
        return tally;
    }

    private String advice(Ballot ballot) {
        var cast = standing(ballot);
        return "%d for, %d against, %d without an opinion"
                .formatted(
                        cast.stream().filter(vote -> vote.decision().approves()).count(),
                        cast.stream()
                                .filter(vote -> vote.decision() == Decision.REJECT)
                                .count(),
                        ballot.eligible().size()
                                - cast.stream()
                                        .filter(vote ->
                                                vote.decision().approves() || vote.decision() == Decision.REJECT)
                                        .count());
    }

    /**
     * Writes the outcome if it is certain without another vote, as when too few people may vote at all.
     *
     * @return the ballot as it stands then, open or decided
     */
    public Ballot settle(ChangeId change, int revision, int round) {
        var ballot = lock(change, revision, round);
        closeWhenCertain(ballot);
        return find(change, revision, round).orElseThrow();
    }

    /** The deadline has passed. A ballot that was decided before it stays so. */
    public Ballot expire(ChangeId change, int revision, int round) {
        var ballot = lock(change, revision, round);
        if (ballot.isOpen()) {
            if (ballot.isAdvice()) {
                close(ballot, "advised", advice(ballot) + " when the time was over");
            } else {
                close(
                        ballot,
                        "expired",
                        "the deadline passed at " + tally(ballot).sentence());
            }
        }
        return find(change, revision, round).orElseThrow();
    }

    /**
     * The plan has drifted: no ballot about the change holds any longer, not even one that was approved (law 4).
     *
     * @return how many fell
     */
    public int voidAll(ChangeId change, String reason, Actor actor) {
        jdbc.sql("select change_id from ballot where change_id = ? for update")
                .param(change.value())
                .query(String.class)
                .list();
        var fallen = jdbc.sql("""
                        update ballot set outcome = 'void', outcome_reason = :reason, decided_at = :at
                         where change_id = :change and (outcome is null or outcome in ('approved', 'advised'))
                        returning revision, round""")
                .param("reason", reason)
                .param("at", now())
                .param("change", change.value())
                .query((row, number) -> label(row.getInt("revision"), row.getInt("round")))
                .list();
        fallen.forEach(label -> audit.record(change, actor, "ballot-voided", label, Map.of("reason", reason)));
        return fallen.size();
    }

    /** The newest round about a revision. */
    public Optional<Ballot> latest(ChangeId change, int revision) {
        return one(jdbc.sql(BALLOT + "and revision = :revision order by round desc limit 1")
                .param("change", change.value())
                .param("revision", revision));
    }

    /** The newest ballot of a change, whatever plan it is about. */
    public Optional<Ballot> latest(ChangeId change) {
        return one(
                jdbc.sql(BALLOT + "order by revision desc, round desc limit 1").param("change", change.value()));
    }

    public Optional<Ballot> find(ChangeId change, int revision, int round) {
        return one(jdbc.sql(BALLOT + "and revision = :revision and round = :round")
                .param("change", change.value())
                .param("revision", revision)
                .param("round", round));
    }

    /** All of a change, oldest first. */
    public List<Ballot> of(ChangeId change) {
        return jdbc.sql(BALLOT + "order by revision, round")
                .param("change", change.value())
                .query((row, number) -> ballot(row))
                .list();
    }

    /** Every vote on a change, oldest first, those that were changed later among them. */
    public List<Vote> votes(ChangeId change) {
        return jdbc.sql("""
                        select v.id, v.revision, v.round, v.login, p.display_name, v.teams, v.decision, v.comment,
                               v.digest, v.at, v.replaced_at
                          from vote v join person p on p.id = v.person
                         where v.change_id = ? order by v.id""")
                .param(change.value())
                .query((row, number) -> new Vote(
                        row.getLong("id"),
                        row.getInt("revision"),
                        row.getInt("round"),
                        row.getString("login"),
                        row.getString("display_name"),
                        strings(row, "teams"),
                        row.getString("decision"),
                        row.getString("comment"),
                        row.getString("digest"),
                        row.getTimestamp("at").toInstant(),
                        instant(row, "replaced_at")))
                .list();
    }

    /** Where the vote stands, counting each vote with the groups its voter had then. */
    public Tally tally(Ballot ballot) {
        var cast = standing(ballot);
        return Tally.of(ballot.quorum(), cast, outstanding(ballot, cast));
    }

    /**
     * Whether the approval would still hold: only voters who are entitled now count, with the groups they have now.
     * Nobody is outstanding any more.
     */
    public Tally tallyOfThoseStillEntitled(Ballot ballot) {
        var teams = teamsNow(ballot);
        var conflicted = withConflict(ballot);
        var still = standing(ballot).stream()
                .filter(vote -> !conflicted.contains(vote.login()))
                .filter(vote -> entitled(ballot, teams.getOrDefault(vote.login(), Set.of())))
                .map(vote -> new Tally.Cast(vote.login(), teams.getOrDefault(vote.login(), Set.of()), vote.decision()))
                .toList();
        return Tally.of(ballot.quorum(), still, List.of());
    }

    private List<Tally.Cast> standing(Ballot ballot) {
        return votes(ballot.change()).stream()
                .filter(vote -> vote.stands() && vote.revision() == ballot.revision() && vote.round() == ballot.round())
                .map(vote -> new Tally.Cast(vote.login(), vote.teams(), Decision.of(vote.decision())))
                .toList();
    }

    private List<Tally.Elector> outstanding(Ballot ballot, List<Tally.Cast> cast) {
        var voted = new HashSet<>(cast.stream().map(Tally.Cast::login).toList());
        seats(ballot).stream()
                .filter(seat -> voted.contains(seat.absent()) || voted.contains(seat.substitute()))
                .toList()
                .forEach(seat -> {
                    voted.add(seat.absent());
                    voted.add(seat.substitute());
                });
        voted.addAll(otherLogins(voted));
        var outstanding = new ArrayList<Tally.Elector>();
        teamsNow(ballot).forEach((login, teams) -> {
            if (!voted.contains(login) && entitled(ballot, teams)) {
                outstanding.add(new Tally.Elector(login, teams));
            }
        });
        return outstanding;
    }

    private List<String> otherLogins(Collection<String> logins) {
        return jdbc.sql("""
                        select other.login from person p join person other on human(other.id) = human(p.id)
                         where p.login = any(?)""")
                .param(logins.toArray(String[]::new))
                .query(String.class)
                .list();
    }

    private static boolean entitled(Ballot ballot, Collection<String> teams) {
        return teams.stream().anyMatch(electorate(ballot)::contains);
    }

    /** The groups whose members vote: the authority and those that must be among the approvers. */
    private static Set<String> electorate(Ballot ballot) {
        var teams = new HashSet<>(ballot.requiredTeams());
        teams.addAll(ballot.vetoTeams());
        teams.add(teamOf(ballot.authority()));
        return teams;
    }

    /** The group that holds an authority; a standard change is held by the change managers. */
    public static String teamOf(String authority) {
        return authority.equals("standard") ? "change-manager" : authority;
    }

    /** Voters who hold, by now, a duty that does not go with a vote. */
    private Set<String> withConflict(Ballot ballot) {
        return Set.copyOf(jdbc.sql("""
                        select p.login from person p
                         where p.login = any(:logins)
                           and exists (select from duty_against(:change, p.id, 'VOTE', :moment))""")
                .param("logins", ballot.eligible().toArray(String[]::new))
                .param("change", ballot.change().value())
                .param("moment", now())
                .query(String.class)
                .list());
    }

    private Map<String, Set<String>> teamsNow(Ballot ballot) {
        record Membership(String login, String team) {}
        return jdbc
                .sql("""
                        select p.login, m.team from person p
                          join effective_membership_on(:moment, :change) m on m.person = p.id
                         where p.enabled and p.login = any(:logins)""")
                .param("moment", now())
                .param("change", ballot.change().value())
                .param("logins", ballot.eligible().toArray(String[]::new))
                .query(Membership.class)
                .list()
                .stream()
                .collect(Collectors.groupingBy(
                        Membership::login, Collectors.mapping(Membership::team, Collectors.toUnmodifiableSet())));
    }

    private void close(Ballot ballot, String outcome, String reason) {
        jdbc.sql("""
                        update ballot set outcome = :outcome, outcome_reason = :reason, decided_at = :at
                         where change_id = :change and revision = :revision and round = :round""")
                .param("outcome", outcome)
                .param("reason", reason)
                .param("at", now())
                .param("change", ballot.change().value())
                .param("revision", ballot.revision())
                .param("round", ballot.round())
                .update();
        if (outcome.equals("approved")) {
            keepConditions(ballot);
        }
        audit.record(
                ballot.change(),
                ACTOR,
                "ballot-decided",
                label(ballot.revision(), ballot.round()),
                Map.of("outcome", outcome, "reason", reason, "digest", ballot.digest()));
    }

    /** What was approved only on a condition is checked before the release. */
    private void keepConditions(Ballot ballot) {
        jdbc.sql("""
                        insert into approval_condition (change_id, revision, round, vote, text, set_by, at)
                        select change_id, revision, round, id, comment, login, :at from vote
                         where change_id = :change and revision = :revision and round = :round and replaced_at is null
                           and decision = 'approve-with-conditions'""")
                .param("at", now())
                .param("change", ballot.change().value())
                .param("revision", ballot.revision())
                .param("round", ballot.round())
                .update();
    }

    /** Conditions on which a ballot was approved, oldest first. */
    public List<Condition> conditions(Ballot ballot) {
        return jdbc.sql("""
                        select id, text, set_by, met_by, met_how, met_at from approval_condition
                         where change_id = ? and revision = ? and round = ? order by id""")
                .params(ballot.change().value(), ballot.revision(), ballot.round())
                .query((row, number) -> new Condition(
                        row.getLong("id"),
                        row.getString("text"),
                        row.getString("set_by"),
                        row.getString("met_by"),
                        row.getString("met_how"),
                        instant(row, "met_at")))
                .list();
    }

    /**
     * Somebody confirms that a condition is fulfilled.
     *
     * @param how what was done or seen, never blank
     * @throws Refusal when nothing is said, or there is no such condition that is still open
     */
    public void meet(ChangeId change, long condition, String how, Actor actor) {
        if (how.isBlank()) {
            throw Refusal.incomplete("Say how the condition was fulfilled.");
        }
        int met = jdbc.sql("""
                        update approval_condition set met_by = :by, met_how = :how, met_at = :at
                         where id = :id and change_id = :change and met_at is null""")
                .param("by", actor.name())
                .param("how", how)
                .param("at", now())
                .param("id", condition)
                .param("change", change.value())
                .update();
        if (met == 0) {
            throw Refusal.unknown("%s has no open condition %d.".formatted(change, condition));
        }
        audit.record(change, actor, "condition-met", "condition " + condition, Map.of("how", how));
    }

    private void refuseUnlessOpen(Ballot ballot) {
        if (!ballot.isOpen()) {
            throw Refusal.conflict("This vote is over: %s (%s).".formatted(ballot.outcome(), ballot.outcomeReason()));
        }
        if (!clock.instant().isBefore(ballot.deadline())) {
            throw Refusal.conflict("The deadline of this vote has passed.");
        }
    }

    /** Votes on one ballot are counted one after the other. */
    private Ballot lock(ChangeId change, int revision, int round) {
        return one(jdbc.sql(BALLOT + "and revision = :revision and round = :round for update")
                        .param("change", change.value())
                        .param("revision", revision)
                        .param("round", round))
                .orElseThrow(() -> Refusal.unknown("There is no %s of %s.".formatted(label(revision, round), change)));
    }

    private static Optional<Ballot> one(JdbcClient.StatementSpec query) {
        return query.query((row, number) -> ballot(row)).optional();
    }

    private static Ballot ballot(ResultSet row) throws SQLException {
        return new Ballot(
                new ChangeId(row.getString("change_id")),
                row.getInt("revision"),
                row.getInt("round"),
                row.getString("purpose"),
                row.getString("digest"),
                row.getString("authority"),
                row.getInt("minimum_votes"),
                strings(row, "required_teams"),
                strings(row, "veto_teams"),
                strings(row, "eligible"),
                row.getTimestamp("deadline").toInstant(),
                row.getObject("receipt", UUID.class),
                row.getString("outcome"),
                row.getString("outcome_reason"),
                row.getTimestamp("opened_at").toInstant(),
                instant(row, "decided_at"));
    }

    private static List<String> strings(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }

    private static String label(int revision, int round) {
        return "ballot on revision %d, round %d".formatted(revision, round);
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
