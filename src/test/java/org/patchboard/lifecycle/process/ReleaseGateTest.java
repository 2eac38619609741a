package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.approval.Ballots;
import org.patchboard.identity.Directory;
import org.patchboard.lifecycle.engine.Scheduling;
import org.patchboard.lifecycle.task.ReleaseGate;
import org.patchboard.rollout.KillSwitch;
import org.patchboard.schedule.Bookings;
import org.patchboard.schedule.Conflicts;
import org.patchboard.schedule.GateAnswers;
import org.patchboard.schedule.Slot;
import org.patchboard.schedule.Windows;
import org.patchboard.shared.Actor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The gate before each ring: open only when everything holds at that moment, and why not otherwise. */
@PatchboardTest
class ReleaseGateTest {

    private static final Instant OPENS = Instant.parse("2027-02-02T22:00:00Z");
    private static final Instant CLOSES = Instant.parse("2027-02-03T02:00:00Z");
    private static final Actor ACTOR = Actor.system("test");

    @Autowired
    ApplicationContext context;

    @Autowired
    ReleaseGate gate;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    Directory directory;

    @Autowired
    Ballots ballots;

    @Autowired
    Bookings bookings;

    @Autowired
    Windows windows;

    @Autowired
    Conflicts conflicts;

    @Autowired
    GateAnswers answers;

    @Autowired
    Scheduling scheduling;

    @Autowired
    KillSwitch killSwitch;

    @Autowired
    JdbcClient jdbc;

    private Governed governed;
    private String voter;
    private long window;

    @BeforeEach
    void everythingHolds() {
        clock.set(Instant.parse("2027-02-01T09:00:00Z"));
        governed = new Governed(context).classified("scheduled", "normal", "high");
        voter = people.someone("cab");
        governed.approved(voter, people.someone("cab"));
        governed.signedOff("pass");
        window = governed.window("2027-02-02T22:00", "PT4H", null).id();
        book();
        clock.set(OPENS.plusSeconds(60));
    }

    private void book() {
        bookings.book(
                governed.change, governed.plan().revision(), new Slot(window, "Night", "UTC", OPENS, CLOSES), ACTOR);
    }

    private List<String> reasons() {
        return reasons(1);
    }

    private List<String> reasons(int ring) {
        var answer = gate.check(governed.change, ring);
        assertThat(answer.open()).isEqualTo(answer.reasons().isEmpty());
        assertThat(answers.of(governed.change).get(0).reasons()).isEqualTo(answer.reasons());
        assertThat(governed.deeds().stream().filter(deed -> deed.startsWith("gate-")))
                .last()
                .isEqualTo(answer.open() ? "gate-open" : "gate-closed");
        return answer.reasons();
    }

    @Test
    void opensWhenEverythingHolds() {
        assertThat(reasons()).isEmpty();
        assertThat(answers.of(governed.change).get(0).digest())
                .isEqualTo(governed.plan().digest());
    }

    @Test
    void staysShutWithoutAVoteOnThisRevision() {
        governed.wish("2027-02-02T00:00:00Z");
        book();
        governed.signedOff("pass");
        assertThat(reasons()).singleElement().asString().contains("Nobody has voted on revision 2");
    }

    @Test
    void staysShutWhenTheVotesHaveFallen() {
        ballots.voidAll(governed.change, "drift", ACTOR);
        assertThat(reasons()).singleElement().asString().contains("void");
    }

    @Test
    void countsOnlyThoseWhoMayStillVote() {
        directory.revoke(voter, "cab", ACTOR);
        assertThat(reasons()).singleElement().asString().contains("no longer holds", "1 of 2");
        directory.grant(voter, "cab", null, null, ACTOR);
        assertThat(reasons()).isEmpty();
    }

    @Test
    void doesNotCountThoseWhoAreDisabled() {
        directory.enable(voter, false, ACTOR);
        assertThat(reasons()).singleElement().asString().contains("no longer holds");
    }

    @Test
    void anApprovalIsStaleAfterThirtyDays() {
        var later = OPENS.plus(Duration.ofDays(40));
        window = governed.window("2027-03-14T22:00", "PT4H", null).id();
        bookings.cancel(governed.change, "test", ACTOR);
        bookings.book(
                governed.change, 1, new Slot(window, "Night", "UTC", later, later.plus(Duration.ofHours(4))), ACTOR);
        clock.set(later.plusSeconds(1));
        assertThat(reasons()).singleElement().asString().contains("older than 30 days");
    }

    @Test
    void staysShutWithoutATestersSignature() {
        governed.signedOff("fail");
        assertThat(reasons()).singleElement().asString().contains("tester");
        governed.signedOff("conditional");
        assertThat(reasons()).isEmpty();
    }

    @Test
    void staysShutWithoutABooking() {
        bookings.cancel(governed.change, "test", ACTOR);
        assertThat(reasons()).singleElement().asString().contains("No window is booked");
    }

    @Test
    void staysShutBeforeTheWindowOpensAndAfterItCloses() {
        clock.set(OPENS.minusSeconds(1));
        assertThat(reasons()).singleElement().asString().contains("opens at 2027-02-02 22:00 UTC");
        clock.set(OPENS);
        assertThat(reasons()).isEmpty();
        clock.set(CLOSES);
        assertThat(reasons()).singleElement().asString().contains("closed at 2027-02-03 02:00 UTC");
    }

    @Test
    void staysShutWhenThereIsNoTimeForTheRingAndTheWayBack() {
        clock.set(CLOSES.minus(Duration.ofMinutes(15)));
        assertThat(reasons(1)).isEmpty();
        assertThat(reasons(2)).singleElement().asString().contains("15 minutes are left", "need 21");
        clock.set(CLOSES.minus(Duration.ofMinutes(13)));
        assertThat(reasons(1)).singleElement().asString().contains("need 14");
    }

    @Test
    void staysShutInAFreezeThatDoesNotPermitTheClass() {
        var freeze = governed.freeze("2027-02-02T23:00", "PT1H");
        assertThat(reasons()).singleElement().asString().contains(freeze.name());
        governed.thaw(freeze);
        governed.freeze("2027-02-02T23:00", "PT1H", "normal");
        assertThat(reasons()).isEmpty();
    }

    @Test
    void opensAgainWhenSomebodyAnswersForTheFreeze() {
        governed.freeze("2027-02-02T23:00", "PT1H");
        assertThat(reasons()).hasSize(1);
        var conflict = conflicts.of(governed.change, 1).get(0);
        conflicts.waive(governed.change, conflict.id(), "the shop is closed that night", Governed.MANAGER);
        assertThat(reasons()).isEmpty();
    }

    @Test
    void staysShutWhileAnotherChangeWorksOnAHostOrItsTwin() {
        var same = governed.neighbour(OPENS, CLOSES, true);
        assertThat(reasons()).singleElement().asString().contains(same.value(), "same time");
    }

    @Test
    void staysShutWhileAnotherChangeWorksOnTheOtherSide() {
        var twin = governed.neighbour(OPENS, CLOSES, false);
        assertThat(reasons()).singleElement().asString().contains(twin.value(), "other side");
    }

    @Test
    void staysShutWhenTheWindowIsNoLongerInTheCalendar() {
        windows.remove(window, ACTOR);
        assertThat(reasons()).singleElement().asString().contains("no longer covers");
    }

    @Test
    void saysEveryReasonAtOnce() {
        ballots.voidAll(governed.change, "drift", ACTOR);
        governed.signedOff("fail");
        governed.freeze("2027-02-02T21:00", "PT12H");
        clock.set(OPENS.minusSeconds(1));
        assertThat(reasons()).hasSize(4);
    }

    @Test
    void preparationFindsNothingSoftOrHard() {
        clock.set(Instant.parse("2027-02-01T09:00:00Z"));
        assertThat(scheduling.findConflicts(governed.change)).isEqualTo("none");
        governed.window("2027-02-05T22:00", "PT4H", null);
        governed.freeze("2027-02-02T20:00", "PT24H");
        assertThat(scheduling.findConflicts(governed.change)).isEqualTo("soft");
        governed.freeze("2027-02-01T00:00", "P60D");
        assertThat(scheduling.findConflicts(governed.change)).isEqualTo("hard");
    }

    @Test
    void staysShutWhenTheVotesAreAboutAnotherDigest() {
        jdbc.sql("update ballot set digest = ? where change_id = ?")
                .params("f".repeat(64), governed.change.value())
                .update();
        assertThat(reasons()).singleElement().asString().contains("not the one that was approved", "ffffffffffff");
    }

    @Test
    void staysShutWhileEveryRolloutIsStopped() {
        killSwitch.pull("odd metrics everywhere", Actor.person("ona"));
        try {
            assertThat(reasons()).singleElement().asString().contains("stopped by ona", "odd metrics everywhere");
        } finally {
            killSwitch.lift("it was the monitoring", Actor.person("maya"));
        }
        assertThat(reasons()).isEmpty();
    }

    @Test
    void signsAReleaseWithTheYesAndNoneWithTheNo() {
        assertThat(reasons()).isEmpty();
        assertThat(jdbc.sql("""
                        select not_before, not_after, attempt, digest from release_token where change_id = ?""").param(governed.change.value()).query().listOfRows())
                .singleElement()
                .satisfies(row -> {
                    assertThat(((java.sql.Timestamp) row.get("not_before")).toInstant())
                            .isEqualTo(OPENS);
                    assertThat(((java.sql.Timestamp) row.get("not_after")).toInstant())
                            .isEqualTo(CLOSES);
                    assertThat(row.get("digest")).isEqualTo(governed.plan().digest());
                });
        governed.signedOff("fail");
        assertThat(reasons()).isNotEmpty();
        assertThat(governed.deeds()).filteredOn("release-issued"::equals).hasSize(1);
    }

    @Test
    void staysShutUntilAConditionIsConfirmed() {
        ballots.voidAll(governed.change, "again", ACTOR);
        governed.approvedOn("only after the backup", people.someone("cab"), people.someone("cab"));
        assertThat(reasons()).singleElement().asString().contains("condition", "only after the backup");
        var ballot = ballots.latest(governed.change).orElseThrow();
        ballots.meet(governed.change, ballots.conditions(ballot).get(0).id(), "backup 4711", Actor.person("ivo"));
        assertThat(reasons()).isEmpty();
    }

    @Test
    void staysShutWhenDutiesTurnOutNotToBeSeparated() {
        directory.sameHuman(voter, governed.planner, ACTOR);
        assertThat(reasons())
                .anySatisfy(
                        reason -> assertThat(reason).contains("Duties are not separated", "planned it", "voted on it"))
                .anySatisfy(reason -> assertThat(reason).contains("no longer holds"));
    }
}
