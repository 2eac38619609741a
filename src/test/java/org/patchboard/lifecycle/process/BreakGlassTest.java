package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.approval.Ballots;
import org.patchboard.approval.BreakGlass;
import org.patchboard.approval.BrokenGlass;
import org.patchboard.change.Statements;
import org.patchboard.identity.Directory;
import org.patchboard.identity.Reauthentication;
import org.patchboard.lifecycle.engine.Emergencies;
import org.patchboard.lifecycle.model.AfterBreakGlass;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.lifecycle.model.EmergencyChange;
import org.patchboard.lifecycle.model.ScheduleChange;
import org.patchboard.lifecycle.task.ReleaseGate;
import org.patchboard.schedule.Bookings;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Breaking the glass is possible, bounded, loud and judged afterwards (law 8). */
@PatchboardTest
class BreakGlassTest {

    private static final Instant NOW = Instant.parse("2027-02-01T09:00:00Z");

    @Autowired
    ApplicationContext context;

    @Autowired
    RuntimeService runtime;

    @Autowired
    Emergencies emergencies;

    @Autowired
    BreakGlass glasses;

    @Autowired
    Reauthentication reauthentication;

    @Autowired
    Ballots ballots;

    @Autowired
    Bookings bookings;

    @Autowired
    ReleaseGate gate;

    @Autowired
    Statements statements;

    @Autowired
    Directory directory;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    JdbcClient jdbc;

    private Governed governed;
    private ProcessWalk walk;
    private String ona;
    private String sami;
    private String board;

    @BeforeEach
    void anEmergencyWithoutAQuorum() {
        clock.set(NOW);
        governed = new Governed(context).classified("testing", "emergency", "high");
        governed.signedOff("pass");
        ona = people.someoneWithPassword("on-call");
        sami = people.someoneWithPassword("security-representative");
        board = people.someone("ecab");
        walk = new ProcessWalk(context, governed.change);
        runtime.startProcessInstanceByKey(ChangeAuthorization.KEY, governed.change.value());
        walk.jobs();
    }

    private void noQuorum() {
        at(ballots.latest(governed.change).orElseThrow().deadline(), "BoundaryEvent_DeadlinePassed");
    }

    private void at(Instant moment, String timer) {
        clock.set(moment);
        walk.timer(timer);
    }

    private void after(Duration time, String timer) {
        at(clock.instant().plus(time), timer);
    }

    private void password(String login) {
        assertThat(reauthentication.confirm(login, TestPeople.PASSWORD, "192.0.2.7"))
                .isTrue();
    }

    private void invoke(String login) {
        emergencies.invoke(governed.change, login, "worm on the loose", "INC-4711");
        walk.jobs();
    }

    private void broken() {
        noQuorum();
        password(ona);
        invoke(ona);
        password(sami);
        invoke(sami);
    }

    private BrokenGlass glass() {
        return glasses.latest(governed.change).orElseThrow();
    }

    @Test
    void theBoardHasItsHourFirst() {
        password(ona);
        assertThatThrownBy(() -> invoke(ona))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("still has until 2027-02-01T10:00:00Z");
    }

    @Test
    void twoPeopleLetOnePlanGoAheadAndTheGateOpensForIt() {
        broken();
        assertThat(glass().brokenBy()).isEqualTo(ona);
        assertThat(glass().confirmedBy()).isEqualTo(sami);
        assertThat(glass().digest()).isEqualTo(governed.plan().digest());
        assertThat(glass().until()).isEqualTo(clock.instant().plus(Duration.ofHours(4)));
        assertThat(bookings.live(governed.change)).hasValueSatisfying(booking -> {
            assertThat(booking.start()).isEqualTo(clock.instant());
            assertThat(booking.end()).isEqualTo(clock.instant().plus(Duration.ofHours(4)));
        });
        assertThat(gate.check(governed.change, 1).reasons()).isEmpty();
        assertThat(governed.deeds()).contains("break-glass-asked", "glass-broken", "window-booked", "release-issued");
        assertThat(walk.hasTask(AfterBreakGlass.JUDGE_GLASS)).isTrue();
    }

    @Test
    void theWindowMadeForItIsTheOneThatTheScheduleTakes() {
        broken();
        runtime.startProcessInstanceByKey(ScheduleChange.KEY, governed.change.value());
        walk.jobs();
        after(Duration.ofSeconds(5), "IntermediateEvent_LookDue");
        assertThat(bookings.live(governed.change).orElseThrow().state()).isEqualTo("used");
    }

    @Test
    void everybodyWhoWasPassedOverIsToldInTheSameTransaction() {
        var auditor = people.someone("auditor");
        var maya = people.someone("change-manager");
        broken();
        assertThat(governed.told("escalation")).contains(board, auditor, maya);
        assertThat(jdbc.sql("""
                        select max(created_at) - min(created_at) < interval '1 minute' from outbox
                         where change_id = ? and text_body like '%INC-4711%'""")
                        .param(governed.change.value())
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void aFreezeDoesNotHoldItUpAndAnotherChangeOnTheSameHostDoes() {
        governed.freeze("2027-02-01T00:00", "P3D");
        broken();
        assertThat(gate.check(governed.change, 1).reasons()).isEmpty();
        governed.neighbour(clock.instant(), clock.instant().plus(Duration.ofHours(1)), true);
        assertThat(gate.check(governed.change, 1).reasons())
                .singleElement()
                .asString()
                .contains("same time");
    }

    @Test
    void nothingMoreIsStartedWhenItsTimeIsOver() {
        broken();
        clock.forward(Duration.ofHours(4));
        assertThat(gate.check(governed.change, 1).reasons())
                .anyMatch(reason -> reason.contains("The vote on revision 1"));
    }

    @Test
    void anotherPlanIsNotCovered() {
        broken();
        governed.wish("2027-03-01T00:00:00Z");
        assertThat(gate.check(governed.change, 1).open()).isFalse();
    }

    @Test
    void needsThePasswordAgain() {
        noQuorum();
        assertThatThrownBy(() -> invoke(ona)).hasMessageContaining("password again");
        assertThat(reauthentication.confirm(ona, "wrong", "192.0.2.7")).isFalse();
        assertThatThrownBy(() -> invoke(ona)).hasMessageContaining("password again");
        password(ona);
        clock.forward(Duration.ofMinutes(6));
        assertThatThrownBy(() -> invoke(ona)).hasMessageContaining("password again");
    }

    @Test
    void onePersonIsNotTwo() {
        noQuorum();
        password(ona);
        invoke(ona);
        assertThatThrownBy(() -> invoke(ona)).hasMessageContaining("Two people");
        var second = people.someoneWithPassword("on-call");
        directory.sameHuman(second, ona, Actor.system("test"));
        password(second);
        assertThatThrownBy(() -> invoke(second)).hasMessageContaining("Two people");
        assertThat(glass().isConfirmed()).isFalse();
    }

    @Test
    void onlyTheEmergencyRosterBreaksIt() {
        noQuorum();
        var stranger = people.someoneWithPassword("patch-coordinator");
        password(stranger);
        assertThatThrownBy(() -> invoke(stranger)).isInstanceOf(RuntimeException.class);
        assertThat(glasses.latest(governed.change)).isEmpty();
    }

    @Test
    void saysWhyAndForWhichIncident() {
        noQuorum();
        password(ona);
        assertThatThrownBy(() -> emergencies.invoke(governed.change, ona, "worm", ""))
                .hasMessageContaining("incident");
    }

    @Test
    void staysWholeWhenNobodyConfirms() {
        noQuorum();
        password(ona);
        invoke(ona);
        after(Duration.ofMinutes(30), "BoundaryEvent_NotConfirmed");
        walk.ends();
        assertThat(glass().givenUp()).isTrue();
        assertThat(gate.check(governed.change, 1).open()).isFalse();
    }

    @Test
    void staysWholeWhenTheSecondPersonRefuses() {
        noQuorum();
        password(ona);
        invoke(ona);
        walk.doneBy(EmergencyChange.CONFIRM_BREAK_GLASS, sami, Map.of("decision", "refuse", "comment", "it can wait"));
        walk.ends();
        assertThat(glass().isConfirmed()).isFalse();
    }

    @Test
    void isApprovedAfterwardsByPeopleWithoutAPartInIt() {
        broken();
        assertThat(walk.summary(AfterBreakGlass.JUDGE_GLASS)).contains("INC-4711", "worm on the loose", ona, sami);
        directory.grant(ona, "cab", null, null, Actor.system("test"));
        assertThatThrownBy(() -> walk.doneBy(
                        AfterBreakGlass.JUDGE_GLASS, ona, Map.of("decision", "justified", "text", "of course")))
                .hasMessageContaining("broke the glass");
        assertThatThrownBy(() -> {
                    directory.grant(governed.planner, "cab", null, null, Actor.system("test"));
                    walk.doneBy(
                            AfterBreakGlass.JUDGE_GLASS,
                            governed.planner,
                            Map.of("decision", "justified", "text", "my plan"));
                })
                .hasMessageContaining("planned it");
        walk.done(AfterBreakGlass.JUDGE_GLASS, "cab", Map.of("decision", "justified", "text", "it was spreading"));
        assertThat(glass().isJustified()).isTrue();
        walk.ends();
    }

    @Test
    void withoutJustificationItIsANonConformityAndNothingMoreStarts() {
        broken();
        var cab = people.someone("cab");
        walk.doneBy(
                AfterBreakGlass.JUDGE_GLASS, cab, Map.of("decision", "not-justified", "text", "it could have waited"));
        assertThat(gate.check(governed.change, 1).open()).isFalse();
        assertThat(statements.of(governed.change))
                .anyMatch(statement -> statement.kind().equals("non-conformity"));
        walk.done(
                AfterBreakGlass.DECIDE_ROLL_BACK,
                "change-manager",
                Map.of("decision", "roll-back", "reason", "not in our name"));
        walk.ends();
        assertThat(jdbc.sql(
                                "select count(*) from outbox where change_id = ? and text_body like '%put back%' and recipient = ?")
                        .params(governed.change.value(), ona)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void silenceIsEscalatedAndThenCountsAsNotJustified() {
        broken();
        var risk = people.someone("risk-owner");
        after(Duration.ofHours(8), "BoundaryEvent_JudgementLate");
        assertThat(governed.told("escalation")).contains(risk);
        after(Duration.ofHours(16), "BoundaryEvent_NobodyJudged");
        assertThat(glass().verdict()).isEqualTo("not-justified");
        assertThat(glass().verdictText()).contains("nobody judged");
        walk.done(AfterBreakGlass.DECIDE_ROLL_BACK, "change-manager", Map.of("decision", "keep", "reason", "it works"));
        walk.ends();
    }

    @Test
    void theNextOneIsBlockedUntilThisOneIsReviewed() {
        broken();
        var other = new Governed(context).classified("testing", "emergency", "high");
        jdbc.sql("update change_record set maintenance_group = ? where id = ?")
                .params(governed.group(), other.change.value())
                .update();
        assertThat(emergencies.against(other.change)).contains(governed.change.value());
        statements.record(governed.change, 1, "review", "done", "learnt", Actor.person("maya"));
        assertThat(emergencies.against(other.change)).isEmpty();
    }
}
