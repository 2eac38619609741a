package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.camunda.bpm.engine.AuthorizationException;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.FormService;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.engine.variable.value.SerializableValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.approval.Ballot;
import org.patchboard.approval.Ballots;
import org.patchboard.approval.Vote;
import org.patchboard.identity.Directory;
import org.patchboard.identity.Duties;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Approvals;
import org.patchboard.lifecycle.engine.VoteControl;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.lifecycle.model.EmergencyChange;
import org.patchboard.risk.Receipts;
import org.patchboard.shared.Actor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The board votes, with real rooms. Other tests' people sit on the board too: they are invited and stay silent. */
@PatchboardTest
class ChangeAuthorizationTest {

    private static final Instant NOW = Instant.parse("2027-02-01T09:00:00Z");

    @Autowired
    ApplicationContext context;

    @Autowired
    RuntimeService runtime;

    @Autowired
    HistoryService history;

    @Autowired
    TaskService tasks;

    @Autowired
    FormService forms;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    Ballots ballots;

    @Autowired
    Duties duties;

    @Autowired
    Directory directory;

    @Autowired
    Receipts receipts;

    @Autowired
    Approvals approvals;

    @Autowired
    VoteControl votes;

    @Autowired
    JdbcClient jdbc;

    private Governed governed;
    private ProcessWalk walk;
    private String instance;
    private String maya;
    private String sami;
    private String cab1;
    private String cab2;
    private String ecab1;
    private String ecab2;

    @BeforeEach
    void callTheBoard() {
        clock.set(NOW);
        governed = new Governed(context);
        maya = people.someone("change-manager");
        sami = people.someone("cab", "security-representative");
        cab1 = people.someone("cab");
        cab2 = people.someone("cab");
        ecab1 = people.someone("ecab");
        ecab2 = people.someone("ecab");
    }

    private void start(String changeClass, String risk) {
        governed.classified("testing", changeClass, risk);
        walk = new ProcessWalk(context, governed.change);
        instance = runtime.startProcessInstanceByKey(ChangeAuthorization.KEY, governed.change.value())
                .getId();
        walk.jobs();
    }

    private Task taskOf(String login) {
        return tasks.createTaskQuery()
                .processInstanceId(instance)
                .taskDefinitionKey(ChangeAuthorization.VOTE)
                .taskAssignee(login)
                .singleResult();
    }

    private void submit(String login, String decision, String comment) {
        var task = taskOf(login);
        people.as(
                login,
                () -> forms.submitTaskForm(
                        task.getId(),
                        Map.of("decision", decision, "comment", comment, "shownDigest", ballot().digest())));
    }

    private void vote(String login, String decision, String comment) {
        submit(login, decision, comment);
        walk.jobs();
    }

    private Ballot ballot() {
        return ballots.latest(governed.change).orElseThrow();
    }

    private Object outcome() {
        walk.ends();
        return history.createHistoricVariableInstanceQuery()
                .processInstanceId(instance)
                .variableName(ChangeAuthorization.AUTHORIZATION.name())
                .singleResult()
                .getValue();
    }

    private void pass(String boundary, Instant moment) {
        clock.set(moment);
        walk.timer(boundary);
    }

    private String summaryOf(String login) {
        SerializableValue summary = tasks.getVariableLocalTyped(taskOf(login).getId(), "summary", false);
        return summary.getValueSerialized();
    }

    @Test
    void threeOfTheBoardWithSecurityAmongThemApprove() {
        start("normal", "high");
        assertThat(governed.state()).isEqualTo("authorizing");
        assertThat(ballot().authority()).isEqualTo("cab");
        vote(cab1, "approve", "");
        vote(cab2, "approve-with-conditions", "only after the backup");
        assertThat(ballot().isOpen()).isTrue();
        vote(sami, "approve", "");
        assertThat(ballot().outcome()).isEqualTo("approved");
        assertThat(outcome()).isEqualTo("approved");
        assertThat(governed.told("outcome")).contains(cab1, cab2, sami, governed.planner);
        assertThat(governed.deeds()).contains("ballot-opened", "vote-cast", "ballot-decided");
    }

    @Test
    void threeOfTheBoardWithoutSecurityAreNotEnough() {
        start("normal", "high");
        var third = people.someone("cab");
        assertThat(taskOf(third))
                .as("invited when the ballot was opened, or not at all")
                .isNull();
        vote(cab1, "approve", "");
        vote(cab2, "approve", "");
        assertThat(ballot().isOpen()).isTrue();
        assertThat(ballots.tally(ballot()).sentence()).contains("2 of 3", "security-representative still missing");
    }

    @Test
    void aChangeManagerAloneApprovesWhatHasLowRisk() {
        start("normal", "low");
        vote(maya, "approve", "");
        assertThat(outcome()).isEqualTo("approved");
    }

    @Test
    void securityRefusesAlone() {
        start("normal", "high");
        vote(cab1, "approve", "");
        vote(sami, "reject", "the back-out was never tried");
        assertThat(outcome()).isEqualTo("rejected");
        assertThat(ballot().outcomeReason()).contains(sami);
    }

    @Test
    void theDecisionLeavesAReceiptThatTheBallotNames() {
        start("emergency", "high");
        assertThat(receipts.of(governed.change))
                .filteredOn(receipt -> receipt.id().equals(ballot().receipt()))
                .singleElement()
                .satisfies(receipt ->
                        assertThat(receipt.rules().get(0).description()).contains("within the hour"));
        assertThat(ballot().deadline()).isEqualTo(NOW.plus(Duration.ofHours(1)));
        assertThat(receipts.holds(governed.change, ballot().receipt())).isTrue();
    }

    @Test
    void whoPlannedItIsNotInvited() {
        var planner = people.someone("cab", "patch-coordinator");
        duties.take(governed.change, planner, Duty.PLAN);
        start("normal", "high");
        assertThat(ballot().eligible()).contains(cab1).doesNotContain(planner);
        assertThat(taskOf(planner)).isNull();
    }

    @Test
    void whoPlansItMeanwhileCannotVoteAnyMore() {
        start("normal", "high");
        duties.take(governed.change, cab1, Duty.PLAN);
        assertThatThrownBy(() -> submit(cab1, "approve", ""))
                .isInstanceOf(AuthorizationException.class)
                .hasMessageContaining("planned it");
        assertThat(ballots.votes(governed.change)).isEmpty();
    }

    @Test
    void everythingButAPlainApprovalSaysWhy() {
        start("normal", "high");
        for (var decision : new String[] {"approve-with-conditions", "reject", "abstain", "recuse"}) {
            assertThatThrownBy(() -> submit(cab1, decision, " "))
                    .as(decision)
                    .isInstanceOf(BadUserRequestException.class)
                    .hasMessageContaining("Say why");
        }
        assertThat(ballots.votes(governed.change)).isEmpty();
    }

    @Test
    void refusesAVoteOnAPlanThatIsNotTheOneShown() {
        start("normal", "high");
        var task = taskOf(cab1);
        assertThatThrownBy(() -> people.as(
                        cab1,
                        () -> forms.submitTaskForm(
                                task.getId(), Map.of("decision", "approve", "shownDigest", "0".repeat(64)))))
                .isInstanceOf(BadUserRequestException.class)
                .hasMessageContaining("The plan has changed");
        governed.wish("2027-03-01T00:00:00Z");
        assertThatThrownBy(() -> submit(cab1, "approve", ""))
                .isInstanceOf(BadUserRequestException.class)
                .hasMessageContaining("The plan has changed");
    }

    @Test
    void nobodyVotesInAnothersName() {
        start("normal", "high");
        var task = taskOf(cab1);
        assertThatThrownBy(() -> people.as(
                        cab2,
                        () -> forms.submitTaskForm(
                                task.getId(), Map.of("decision", "approve", "shownDigest", ballot().digest()))))
                .isInstanceOf(RuntimeException.class);
        assertThat(ballots.votes(governed.change)).isEmpty();
    }

    @Test
    void whoHasLeftTheBoardDoesNotVote() {
        start("normal", "high");
        clock.forward(Duration.ofMinutes(1));
        directory.revoke(cab1, "cab", Actor.system("test"));
        assertThatThrownBy(() -> submit(cab1, "approve", ""))
                .isInstanceOf(AuthorizationException.class)
                .hasMessageContaining("no longer belong");
    }

    @Test
    void showsTheOthersWhatHasBeenVoted() {
        start("normal", "high");
        assertThat(summaryOf(sami)).contains(governed.plan().digest(), "security-representative can refuse alone");
        vote(cab1, "abstain", "I do not know these hosts");
        assertThat(summaryOf(sami)).contains("I do not know these hosts", "0 of 3");
    }

    @Test
    void votesAtTheSameMomentAllCount() throws Exception {
        start("normal", "high");
        var voters = List.of(cab1, cab2, sami);
        var together = new CyclicBarrier(voters.size());
        var pool = Executors.newFixedThreadPool(voters.size());
        try {
            var votes = new ArrayList<Callable<Boolean>>();
            for (var voter : voters) {
                var task = taskOf(voter).getId();
                var digest = ballot().digest();
                votes.add(() -> {
                    together.await();
                    people.as(
                            voter,
                            () -> forms.submitTaskForm(task, Map.of("decision", "approve", "shownDigest", digest)));
                    return true;
                });
            }
            for (var vote : pool.invokeAll(votes)) {
                assertThat(vote.get()).isTrue();
            }
        } finally {
            pool.shutdown();
        }
        walk.jobs();
        assertThat(ballots.votes(governed.change)).extracting(Vote::login).containsExactlyInAnyOrderElementsOf(voters);
        assertThat(outcome()).isEqualTo("approved");
    }

    @Test
    void silenceHandsOverToTheEmergencyBoardOnceAndThenRefuses() {
        start("normal", "high");
        vote(cab1, "approve", "");
        pass("BoundaryEvent_DeadlinePassed", ballot().deadline());
        assertThat(ballots.find(governed.change, 1, 1).orElseThrow().outcome()).isEqualTo("expired");
        assertThat(ballot().authority()).isEqualTo("ecab");
        assertThat(taskOf(cab1)).isNull();
        assertThat(governed.told("escalation")).contains(maya);
        pass("BoundaryEvent_DeadlinePassed", ballot().deadline());
        assertThat(ballot().outcome()).isEqualTo("expired");
        assertThat(outcome()).isEqualTo("rejected");
    }

    @Test
    void theEmergencyBoardDecidesWhatWasHandedOver() {
        start("normal", "high");
        pass("BoundaryEvent_DeadlinePassed", ballot().deadline());
        vote(ecab1, "approve", "");
        vote(ecab2, "approve", "");
        assertThat(outcome()).isEqualTo("approved");
        assertThat(ballot().round()).isEqualTo(2);
    }

    @Test
    void anEmergencyThatNobodyDecidesIsRefusedWhenNobodyBreaksTheGlass() {
        start("emergency", "high");
        pass("BoundaryEvent_DeadlinePassed", ballot().deadline());
        assertThat(walk.hasTask(EmergencyChange.BREAK_GLASS)).isTrue();
        pass("BoundaryEvent_NotBroken", clock.instant().plus(Duration.ofHours(4)));
        assertThat(outcome()).isEqualTo("rejected");
        assertThat(governed.told("outcome")).contains(ecab1, governed.planner);
    }

    @Test
    void theLastVoteBeforeTheDeadlineCountsThoughItsJobComesLater() {
        start("emergency", "high");
        vote(ecab1, "approve", "");
        submit(ecab2, "approve", "");
        clock.set(ballot().deadline());
        walk.timer("BoundaryEvent_DeadlinePassed");
        assertThat(outcome()).isEqualTo("approved");
        assertThat(governed.told("outcome")).contains(ecab1);
    }

    @Test
    void aVoteAfterTheDeadlineIsRefused() {
        start("emergency", "high");
        clock.set(ballot().deadline());
        assertThatThrownBy(() -> submit(ecab1, "approve", ""))
                .isInstanceOf(BadUserRequestException.class)
                .hasMessageContaining("deadline");
    }

    @Test
    void remindsThoseWhoHaveNotVotedAndOnlyThem() {
        start("normal", "high");
        vote(cab1, "approve", "");
        pass("BoundaryEvent_ReminderDue", NOW.plus(Duration.ofHours(24)));
        assertThat(governed.told("reminder")).contains(cab2, sami).doesNotContain(cab1);
        pass("BoundaryEvent_ReminderDue", NOW.plus(Duration.ofHours(48)));
        assertThat(governed.told("reminder").stream().filter(sami::equals)).hasSize(2);
        assertThat(walk.isOver()).isFalse();
    }

    @Test
    void remindsTheEmergencyBoardEveryQuarterOfItsHour() {
        start("emergency", "high");
        for (int quarter = 1; quarter <= 3; quarter++) {
            pass("BoundaryEvent_ReminderDue", NOW.plus(Duration.ofMinutes(15L * quarter)));
            assertThat(governed.told("reminder").stream().filter(ecab1::equals)).hasSize(quarter);
        }
    }

    @Test
    void driftMakesTheVotesFall() {
        start("normal", "high");
        vote(cab1, "approve", "");
        approvals.planChanged(governed.change, "a new host has come up");
        walk.jobs();
        assertThat(ballot().outcome()).isEqualTo("void");
        assertThat(outcome()).isEqualTo("void");
        assertThat(governed.told("escalation")).contains(cab1, governed.planner);
    }

    @Test
    void aChangedVoteCanSettleTheOutcomeAndEndsTheVote() {
        start("normal", "high");
        vote(cab1, "abstain", "I was not at the test");
        vote(cab2, "approve", "");
        vote(sami, "approve", "");
        assertThat(ballot().isOpen()).isTrue();
        api(cab1, "approve", "");
        assertThat(ballot().outcome()).isEqualTo("approved");
        walk.jobs();
        assertThat(outcome()).isEqualTo("approved");
        assertThat(ballots.votes(governed.change))
                .filteredOn(vote -> !vote.stands())
                .hasSize(1);
    }

    @Test
    void aChangedVoteIsShownToThoseWhoHaveStillToVote() {
        start("normal", "high");
        api(cab1, "approve", "");
        assertThat(taskOf(cab1)).as("the first vote completes the task").isNull();
        api(cab1, "abstain", "on second thoughts");
        assertThat(summaryOf(sami)).contains("on second thoughts");
        assertThat(ballots.tally(ballot()).approvals()).isZero();
    }

    @Test
    void aVoteIsNotChangedByWhoseDutiesConflictByNow() {
        start("normal", "high");
        vote(cab1, "approve", "");
        directory.sameHuman(cab1, governed.planner, Actor.system("test"));
        assertThatThrownBy(() -> api(cab1, "reject", "late")).hasMessageContaining("planned it");
    }

    private void api(String login, String decision, String comment) {
        people.as(login, () -> votes.cast(governed.change, login, decision, comment, ballot().digest()));
    }

    @Test
    void theBoardAdvisesAndTheChangeManagerDecides() {
        criticalWithLowRisk();
        assertThat(ballot().isAdvice()).isTrue();
        assertThat(taskOf(maya)).as("who decides waits for the advice").isNull();
        vote(cab1, "reject", "too early");
        pass("BoundaryEvent_DeadlinePassed", ballot().deadline());
        assertThat(ballot().isAdvice()).isFalse();
        assertThat(ballot().authority()).isEqualTo("change-manager");
        assertThat(summaryOf(maya)).contains("cab advised: 0 for, 1 against");
        vote(maya, "approve", "");
        assertThat(outcome()).isEqualTo("approved");
    }

    @Test
    void adviceThatEverybodyGaveEndsBeforeItsTime() {
        criticalWithLowRisk();
        for (var adviser : ballot().eligible()) {
            if (taskOf(adviser) == null) {
                break; // everybody has been heard, each human being once
            }
            try {
                vote(adviser, "approve", "");
            } catch (BadUserRequestException e) {
                // Other tests' people sit on the board too; a substitute and the person replaced have one vote.
                assertThat(e).hasMessageContaining("one vote together");
            }
        }
        assertThat(ballot().authority()).isEqualTo("change-manager");
        assertThat(ballots.find(governed.change, 1, 1).orElseThrow().outcome()).isEqualTo("advised");
        assertThat(summaryOf(maya)).contains("cab advised");
    }

    private void criticalWithLowRisk() {
        jdbc.sql("update change_record set priority = 'critical' where id = ?")
                .param(governed.change.value())
                .update();
        start("normal", "low");
    }

    @Test
    void nobodyClaimsAVoteOfAnother() {
        start("normal", "high");
        var task = taskOf(cab1);
        assertThatThrownBy(() -> people.as(cab2, () -> tasks.claim(task.getId(), cab2)))
                .isInstanceOf(RuntimeException.class);
    }
}
