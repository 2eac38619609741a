package org.patchboard.lifecycle.engine;

import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.camunda.bpm.engine.RuntimeService;
import org.patchboard.approval.Ballot;
import org.patchboard.approval.Ballots;
import org.patchboard.approval.Decision;
import org.patchboard.approval.NewBallot;
import org.patchboard.approval.Vote;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.identity.Duties;
import org.patchboard.identity.Duty;
import org.patchboard.identity.People;
import org.patchboard.identity.Person;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.risk.Decisions;
import org.patchboard.risk.Receipts;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.UseCase;

/** Takes a plan to the authority that the decision names, and brings back what its recorded votes say. */
@UseCase
public class Authorizations {

    private static final Actor ACTOR = Actor.system("authorization");

    /** What the table says of an emergency after its deadline. */
    private static final String BREAK_GLASS = "break-glass";

    private final Changes changes;
    private final Plans plans;
    private final Decisions decisions;
    private final Receipts receipts;
    private final Ballots ballots;
    private final People people;
    private final Duties duties;
    private final Scheduling scheduling;
    private final BoardMail mail;
    private final RuntimeService engine;
    private final Clock clock;

    Authorizations(
            Changes changes,
            Plans plans,
            Decisions decisions,
            Receipts receipts,
            Ballots ballots,
            People people,
            Duties duties,
            Scheduling scheduling,
            BoardMail mail,
            RuntimeService engine,
            Clock clock) {
        this.changes = changes;
        this.plans = plans;
        this.decisions = decisions;
        this.receipts = receipts;
        this.ballots = ballots;
        this.people = people;
        this.duties = duties;
        this.scheduling = scheduling;
        this.mail = mail;
        this.engine = engine;
        this.clock = clock;
    }

    /**
     * Opens the ballot about the current plan; conflicts are looked for once more, so that the board sees today's.
     *
     * @return {@link ChangeAuthorization#OPEN}
     */
    public String open(ChangeId change) {
        changes.moveTo(change, ChangeState.AUTHORIZING, ACTOR);
        scheduling.findConflicts(change);
        ask(plan(change), 1);
        return ChangeAuthorization.OPEN;
    }

    /** @return what the recorded votes say: approved or rejected; open when the board has advised and who decides votes */
    public String count(ChangeId change) {
        var latest = latest(change);
        var ballot = ballots.settle(change, latest.revision(), latest.round());
        if (ballot.isOpen()) {
            throw new IllegalStateException("votes on " + change + " are still wanted");
        }
        if (ballot.isAdvice()) {
            mail.outcome(ballot, conditions(ballot));
            ask(plan(change), 1);
            return ChangeAuthorization.OPEN;
        }
        mail.outcome(ballot, conditions(ballot));
        return ballot.isApproved() ? ChangeAuthorization.APPROVED : ChangeAuthorization.REJECTED;
    }

    /**
     * The deadline has passed. Silence is never consent: the next authority decides, once, or the change is refused.
     *
     * @return open when another authority votes, emergency when the glass may be broken, decided when the last vote came in time after all, else rejected
     */
    public String handOver(ChangeId change) {
        var latest = latest(change);
        var ballot = ballots.expire(change, latest.revision(), latest.round());
        if (ballot.isAdvice() && "advised".equals(ballot.outcome())) {
            mail.outcome(ballot, conditions(ballot));
            ask(plan(change), 1);
            return ChangeAuthorization.OPEN;
        }
        if (!"expired".equals(ballot.outcome())) {
            return ChangeAuthorization.DECIDED;
        }
        if (escalation(ballot).equals(BREAK_GLASS)) {
            mail.outcome(ballot, List.of());
            return ChangeAuthorization.EMERGENCY;
        }
        if (escalation(ballot).isEmpty()) {
            mail.outcome(ballot, List.of());
            return ChangeAuthorization.REJECTED;
        }
        var next = ask(plan(change), 2);
        mail.handedOver(ballot, next);
        return ChangeAuthorization.OPEN;
    }

    /** The plan has changed: the votes fall. Who found the change out has told everybody what is different. */
    public String planChanged(ChangeId change) {
        ballots.voidAll(change, "the plan has changed", ACTOR);
        return ChangeAuthorization.VOID;
    }

    /** Reminds those who have not voted. */
    public void remind(ChangeId change) {
        var ballot = latest(change);
        var voted = votes(ballot).stream().map(Vote::login).toList();
        mail.reminder(
                ballot,
                ballot.eligible().stream()
                        .filter(login -> !voted.contains(login))
                        .toList(),
                clock.instant().toString());
    }

    /** Records a person's vote in the ballot that is open. */
    public void vote(ChangeId change, String login, String decision, String comment, String shownDigest) {
        var ballot = latest(change);
        if (!plan(change).digest().equals(ballot.digest())) {
            throw Refusal.conflict("The plan has changed; this vote is about an older one.");
        }
        ballots.cast(new Ballots.NewVote(
                change,
                ballot.revision(),
                ballot.round(),
                login,
                people.teamsOf(login, change),
                Decision.of(decision),
                comment,
                shownDigest));
    }

    /**
     * Somebody changes a vote while the ballot is open; the earlier one is kept. When that settles the outcome, whoever
     * has not voted is no longer asked.
     *
     * @throws Refusal when the person has not voted yet or may no longer vote
     */
    public void revote(ChangeId change, String login, String decision, String comment, String shownDigest) {
        var ballot = latest(change);
        if (votes(ballot).stream().noneMatch(vote -> vote.login().equals(login))) {
            throw Refusal.forbidden("You were not asked to vote on this, and have no vote that could be changed.");
        }
        duties.take(change, login, Duty.VOTE);
        vote(change, login, decision, comment, shownDigest);
        if (!latest(change).isOpen()) {
            engine.createMessageCorrelation(ChangeAuthorization.VOTE_DECIDED)
                    .processInstanceBusinessKey(change.value())
                    .correlateAll();
        }
    }

    /** The newest ballot of a change. */
    public Ballot latest(ChangeId change) {
        return ballots.latest(change).orElseThrow(() -> new IllegalStateException(change + " has no ballot"));
    }

    /** Somebody who may carry the change out confirms a condition, and has then had a hand in carrying it out. */
    public void meet(ChangeId change, long condition, String how, Actor actor) {
        duties.take(change, actor.name(), Duty.IMPLEMENT);
        ballots.meet(change, condition, how, actor);
    }

    /** What the board advised those who decide now; empty when nobody was asked for advice. */
    public String adviceOn(Ballot ballot) {
        return ballots.of(ballot.change()).stream()
                .filter(other -> other.isAdvice() && other.revision() == ballot.revision() && !other.isOpen())
                .map(other -> "%s advised: %s".formatted(other.authority(), other.outcomeReason()))
                .findFirst()
                .orElse("");
    }

    /** Votes that stand in a ballot. */
    public List<Vote> votes(Ballot ballot) {
        return ballots.votes(ballot.change()).stream()
                .filter(vote -> vote.stands() && vote.revision() == ballot.revision() && vote.round() == ballot.round())
                .toList();
    }

    private Ballot ask(PlanRevision plan, int asked) {
        var change = changes.get(plan.change());
        var outcome = decisions.decide(
                change.id(),
                ChangeAuthorization.DECISION,
                Map.of(
                        "changeClass", change.changeClass() == null ? "normal" : change.changeClass(),
                        "risk", change.risk() == null ? "high" : change.risk(),
                        "priority", change.priority() == null ? "medium" : change.priority(),
                        "round", asked));
        var row = outcome.single();
        var advisers = list(row, "adviceTeams");
        if (asked == 1 && !advisers.isEmpty() && !hasAdvice(plan)) {
            return ballots.open(new NewBallot(
                    change.id(),
                    plan.revision(),
                    "advice",
                    plan.digest(),
                    advisers.get(0),
                    1,
                    advisers,
                    List.of(),
                    eligible(change.id(), advisers),
                    clock.instant().plus(Duration.ofHours(number(row, "adviceHours"))),
                    outcome.receipt()));
        }
        var authority = String.valueOf(row.get("authority"));
        var required = list(row, "requiredTeams");
        var veto = list(row, "vetoTeams");
        var teams = new TreeSet<>(required);
        teams.addAll(veto);
        teams.add(Ballots.teamOf(authority));
        return ballots.open(new NewBallot(
                change.id(),
                plan.revision(),
                plan.digest(),
                authority,
                number(row, "minimumVotes"),
                required,
                veto,
                eligible(change.id(), teams),
                clock.instant().plus(Duration.ofHours(number(row, "deadlineHours"))),
                outcome.receipt()));
    }

    private boolean hasAdvice(PlanRevision plan) {
        return ballots.of(plan.change()).stream()
                .anyMatch(ballot -> ballot.revision() == plan.revision() && ballot.isAdvice() && !ballot.isOpen());
    }

    private List<String> eligible(ChangeId change, Collection<String> teams) {
        return teams.stream()
                .flatMap(team -> people.members(team, change).stream())
                .map(Person::login)
                .distinct()
                .filter(login -> duties.against(change, login, Duty.VOTE).isEmpty())
                .sorted()
                .toList();
    }

    private String escalation(Ballot ballot) {
        return receipts.of(ballot.change()).stream()
                .filter(receipt -> receipt.id().equals(ballot.receipt()))
                .flatMap(receipt -> receipt.outputs().stream())
                .map(row -> String.valueOf(row.getOrDefault("escalation", "")))
                .findFirst()
                .orElse("");
    }

    private static List<String> list(Map<String, Object> row, String key) {
        return Arrays.stream(String.valueOf(row.getOrDefault(key, "")).split(","))
                .map(String::strip)
                .filter(team -> !team.isEmpty())
                .toList();
    }

    private static int number(Map<String, Object> row, String key) {
        return Double.valueOf(String.valueOf(row.get(key))).intValue();
    }

    private List<String> conditions(Ballot ballot) {
        return votes(ballot).stream()
                .filter(vote -> !vote.comment().isBlank())
                .map(vote -> "%s (%s): %s".formatted(vote.name(), vote.decision(), vote.comment()))
                .toList();
    }

    private PlanRevision plan(ChangeId change) {
        return plans.current(change).orElseThrow(() -> new IllegalStateException(change + " has no plan"));
    }
}
