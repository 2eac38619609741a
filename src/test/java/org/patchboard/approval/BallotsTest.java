package org.patchboard.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.identity.Directory;
import org.patchboard.identity.People;
import org.patchboard.rollout.Estate;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What may be voted, by whom, how often, and what comes of it. */
@PatchboardTest
class BallotsTest {

    private static final Instant NOW = Instant.parse("2027-02-01T09:00:00Z");
    private static final Actor ACTOR = Actor.system("test");
    private static final String DIGEST = "a".repeat(64);

    @Autowired
    ApplicationContext context;

    @Autowired
    Ballots ballots;

    @Autowired
    Directory directory;

    @Autowired
    People persons;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    JdbcClient jdbc;

    private ChangeId change;
    private String one;
    private String two;
    private String three;

    @BeforeEach
    void makeAChange() {
        clock.set(NOW);
        change = new Estate(context, people.someone("asset-owner"), "simulator", "simulator")
                .ring(1, "canary", Duration.ZERO, 100, "a")
                .change(people.someone("patch-coordinator"));
        one = people.someone("cab");
        two = people.someone("cab");
        three = people.someone("cab", "security-representative");
    }

    private Ballot open(String purpose, int minimum, List<String> veto, String... eligible) {
        return ballots.open(new NewBallot(
                change,
                1,
                purpose,
                DIGEST,
                "cab",
                minimum,
                List.of(),
                veto,
                List.of(eligible),
                clock.instant().plus(Duration.ofHours(48)),
                UUID.randomUUID()));
    }

    private Tally vote(Ballot ballot, String login, Decision decision, String comment) {
        return ballots.cast(new Ballots.NewVote(
                change,
                ballot.revision(),
                ballot.round(),
                login,
                persons.teamsOf(login, change),
                decision,
                comment,
                DIGEST));
    }

    private Ballot now(Ballot ballot) {
        return ballots.find(change, ballot.revision(), ballot.round()).orElseThrow();
    }

    @Test
    void keepsEachChangeOfAVote() {
        var ballot = open("authorization", 2, List.of(), one, two, three);
        vote(ballot, one, Decision.REJECT, "no way back");
        vote(ballot, one, Decision.ABSTAIN, "I was not at the test");
        vote(ballot, one, Decision.APPROVE, "");
        assertThat(ballots.votes(change)).extracting(Vote::decision).containsExactly("reject", "abstain", "approve");
        assertThat(ballots.votes(change)).extracting(Vote::stands).containsExactly(false, false, true);
        assertThat(ballots.tally(ballot).approvals()).isEqualTo(1);
    }

    @Test
    void noVoteChangesAfterTheOutcome() {
        var ballot = open("authorization", 1, List.of(), one, two);
        vote(ballot, one, Decision.APPROVE, "");
        assertThat(now(ballot).isApproved()).isTrue();
        assertThatThrownBy(() -> vote(ballot, one, Decision.REJECT, "after all"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("over");
    }

    @Test
    void everythingButAPlainApprovalNeedsAComment() {
        var ballot = open("authorization", 2, List.of(), one, two, three);
        for (var decision :
                List.of(Decision.REJECT, Decision.ABSTAIN, Decision.RECUSE, Decision.APPROVE_WITH_CONDITIONS)) {
            assertThatThrownBy(() -> vote(ballot, one, decision, " "))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("Say why");
        }
    }

    @Test
    void endsAsSoonAsTheOutcomeIsCertain() {
        var refused = open("authorization", 2, List.of(), one, two, three);
        vote(refused, one, Decision.REJECT, "no");
        assertThat(now(refused).isOpen()).isTrue();
        vote(refused, two, Decision.RECUSE, "it is my own service");
        assertThat(now(refused).outcome())
                .as("one left cannot make two approvals")
                .isEqualTo("rejected");
    }

    @Test
    void aVetoWinsOverAnyNumberOfApprovals() {
        var ballot = open("authorization", 3, List.of("security-representative"), one, two, three);
        vote(ballot, one, Decision.APPROVE, "");
        vote(ballot, two, Decision.APPROVE, "");
        vote(ballot, three, Decision.REJECT, "the control is missing");
        assertThat(now(ballot).outcome()).isEqualTo("rejected");
        assertThat(now(ballot).outcomeReason()).contains(three, "may refuse alone");
    }

    @Test
    void aConditionStaysOpenUntilSomebodySaysHowItWasFulfilled() {
        var ballot = open("authorization", 2, List.of(), one, two);
        vote(ballot, one, Decision.APPROVE_WITH_CONDITIONS, "only after the backup");
        assertThat(ballots.conditions(ballot)).as("nothing is approved yet").isEmpty();
        vote(ballot, two, Decision.APPROVE, "");
        var condition = ballots.conditions(ballot).get(0);
        assertThat(condition.isOpen()).isTrue();
        assertThat(condition.setBy()).isEqualTo(one);
        assertThatThrownBy(() -> ballots.meet(change, condition.id(), " ", ACTOR))
                .isInstanceOf(Refusal.class);
        ballots.meet(change, condition.id(), "backup 4711 restored on the lab host", Actor.person("ivo"));
        assertThat(ballots.conditions(ballot).get(0).metHow()).contains("4711");
        assertThatThrownBy(() -> ballots.meet(change, condition.id(), "again", ACTOR))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void aConditionOfAVoteThatWasChangedIsNone() {
        var ballot = open("authorization", 2, List.of(), one, two);
        vote(ballot, one, Decision.APPROVE_WITH_CONDITIONS, "only after the backup");
        vote(ballot, one, Decision.APPROVE, "");
        vote(ballot, two, Decision.APPROVE, "");
        assertThat(ballots.conditions(ballot)).isEmpty();
    }

    @Test
    void adviceNeverAuthorizes() {
        var ballot = open("advice", 1, List.of("security-representative"), one, two, three);
        vote(ballot, one, Decision.APPROVE, "");
        vote(ballot, two, Decision.APPROVE, "");
        assertThat(now(ballot).isOpen()).as("advice is heard to the end").isTrue();
        vote(ballot, three, Decision.REJECT, "I advise against it");
        assertThat(now(ballot).outcome()).isEqualTo("advised");
        assertThat(now(ballot).outcomeReason()).isEqualTo("2 for, 1 against, 0 without an opinion");
        assertThat(now(ballot).isApproved()).isFalse();
    }

    @Test
    void adviceEndsWithItsTime() {
        var ballot = open("advice", 1, List.of(), one, two);
        vote(ballot, one, Decision.REJECT, "too early");
        assertThat(ballots.expire(change, 1, ballot.round()).outcome()).isEqualTo("advised");
        assertThat(now(ballot).outcomeReason()).contains("0 for, 1 against, 1 without an opinion");
    }

    @Test
    void onePersonHasOneVoteUnderEveryLogin() {
        var second = people.someone("cab");
        directory.sameHuman(second, one, ACTOR);
        var ballot = open("authorization", 2, List.of(), one, second, two);
        vote(ballot, one, Decision.APPROVE, "");
        vote(ballot, second, Decision.APPROVE, "");
        assertThat(now(ballot).isOpen()).isTrue();
        assertThat(ballots.tally(ballot).approvals()).isEqualTo(1);
        assertThat(ballots.votes(change)).extracting(Vote::stands).containsExactly(false, true);
    }

    @Test
    void aSubstituteHasTheVoteOfThePersonReplacedAndNoSecondOne() {
        var absent = people.someone("cab");
        var substitute = people.someone("tester");
        directory.substitute(absent, substitute, NOW.minusSeconds(60), NOW.plus(Duration.ofDays(7)), ACTOR);
        jdbc.sql("update change_record set opened_at = ? where id = ?")
                .params(java.sql.Timestamp.from(NOW.plusSeconds(1)), change.value())
                .update();
        clock.forward(Duration.ofMinutes(1));
        var ballot = open("authorization", 2, List.of(), absent, substitute, one);
        vote(ballot, substitute, Decision.APPROVE, "");
        assertThatThrownBy(() -> vote(ballot, absent, Decision.APPROVE, ""))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("one vote together");
    }

    @Test
    void aVoteFallsAtTheReleaseWhenItsVoterHasAConflictByThen() {
        var ballot = open("authorization", 2, List.of(), one, two);
        vote(ballot, one, Decision.APPROVE, "");
        vote(ballot, two, Decision.APPROVE, "");
        assertThat(ballots.tallyOfThoseStillEntitled(now(ballot)).state()).isEqualTo(Tally.State.APPROVED);
        var planner = jdbc.sql("select author from plan_revision where change_id = ?")
                .param(change.value())
                .query(String.class)
                .single();
        directory.sameHuman(one, planner, ACTOR);
        assertThat(ballots.tallyOfThoseStillEntitled(now(ballot)).state()).isNotEqualTo(Tally.State.APPROVED);
    }
}
