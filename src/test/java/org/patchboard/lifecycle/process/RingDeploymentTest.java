package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.Map;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.history.HistoricVariableInstance;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.audit.EvidenceSource;
import org.patchboard.lifecycle.engine.RolloutControl;
import org.patchboard.lifecycle.engine.RolloutPlans;
import org.patchboard.lifecycle.model.RingDeployment;
import org.patchboard.lifecycle.model.RingWork;
import org.patchboard.lifecycle.model.Rollback;
import org.patchboard.rollout.Estate;
import org.patchboard.rollout.RingHost;
import org.patchboard.rollout.Rings;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.patchboard.shared.Sha256;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One ring, from behind its gate (whose answers the test writes) to its end, with real rooms and simulated hosts. */
@PatchboardTest
class RingDeploymentTest {

    @Autowired
    ApplicationContext context;

    @Autowired
    RuntimeService runtime;

    @Autowired
    HistoryService history;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    Rings rings;

    @Autowired
    RolloutControl control;

    @Autowired
    JdbcClient jdbc;

    private ChangeId change;
    private ProcessWalk walk;
    private String instance;
    private Estate estate;

    @BeforeEach
    void makeAnEstate() {
        estate = new Estate(context, people.someone("asset-owner"), "simulator", "simulator");
    }

    /** Starts behind the gate, which another room's tests cover. */
    private void start(boolean open) {
        change = estate.change(people.someone("patch-coordinator"));
        estate.gate(change, 1, open);
        walk = new ProcessWalk(context, change);
        context.getBean(RolloutPlans.class).cut(change);
        instance = runtime.createProcessInstanceByKey(RingDeployment.KEY)
                .businessKey(change.value())
                .setVariable(RingDeployment.RING.name(), 1)
                .setVariable(RingDeployment.GATE_OPEN.name(), open)
                .startBeforeActivity("Gateway_GateOpen")
                .execute()
                .getId();
    }

    private String outcome() {
        walk.ends();
        HistoricVariableInstance outcome = history.createHistoricVariableInstanceQuery()
                .processInstanceId(instance)
                .variableName(RingDeployment.ROLLOUT_OUTCOME.name())
                .singleResult();
        return (String) outcome.getValue();
    }

    private String ring() {
        return rings.find(change, 1, 1).orElseThrow().state();
    }

    private long mails(String template) {
        return jdbc.sql("select count(*) from outbox where change_id = ? and template = ?")
                .params(change.value(), template)
                .query(Long.class)
                .single();
    }

    /** The gate is asked again by its own delegate; here the token is put behind it, as after an open answer. */
    private void gateOpensAgain() {
        estate.gate(change, 1, true);
        runtime.createProcessInstanceModification(instance)
                .cancelAllForActivity("ServiceTask_CheckGate")
                .startBeforeActivity("CallActivity_RingWork")
                .execute();
    }

    /** Completes the task, but leaves the job of the gate alone. */
    private void decide(String decision, String hosts) {
        decide(people.someone("on-call"), decision, hosts);
    }

    private void decide(String login, String decision, String hosts) {
        walk.submit(
                        RingDeployment.DECIDE_HALTED_RING,
                        login,
                        Map.of("decision", decision, "hosts", hosts, "reason", "because"))
                .job(RingDeployment.DECIDE_HALTED_RING);
    }

    @Test
    void passesAHealthyRingAndTellsPeople() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a", "b");
        start(true);
        walk.everything();
        assertThat(ring()).isEqualTo("passed");
        assertThat(estate.stateOf(change)).isEqualTo("rolling-out");
        assertThat(mails("ring-result")).isPositive();
        walk.timer("IntermediateEvent_SoakOver");
        assertThat(outcome()).isEqualTo("passed");
    }

    @Test
    void soaksUntilTheTimeIsOver() {
        estate.ring(1, "canary", Duration.ofHours(2), 100, "a");
        start(true);
        walk.everything();
        assertThat(ring()).isEqualTo("soaking");
        assertThat(walk.timerOf("IntermediateEvent_SoakOver").getDuedate())
                .isAfter(Date.from(clock.instant().plus(Duration.ofMinutes(119))));
        walk.timer("IntermediateEvent_SoakOver");
        assertThat(ring()).as("until its hosts have been looked at again").isEqualTo("soaking");
        walk.everything();
        assertThat(outcome()).isEqualTo("passed");
        assertThat(ring()).isEqualTo("passed");
        assertThat(jdbc.sql("select purpose from verification_run where change_id = ?")
                        .param(change.value())
                        .query(String.class)
                        .single())
                .isEqualTo("soak");
    }

    @Test
    void haltsARingWhoseHostsAreNotSoundAnyMoreAfterTheSoak() {
        estate.ring(1, "canary", Duration.ofHours(2), 100, "a", "b");
        start(true);
        walk.everything();
        jdbc.sql("update simulated_host set version = ? where asset = ?")
                .params(Estate.OLD, estate.asset("b").value())
                .update();
        walk.timer("IntermediateEvent_SoakOver").everything();
        assertThat(ring()).isEqualTo("halted");
        assertThat(estate.stateOf(change)).isEqualTo("halted");
        assertThat(walk.summary(RingDeployment.DECIDE_HALTED_RING))
                .contains("after the soak " + estate.name("b") + " has ", Estate.OLD + " instead of " + Estate.NEW)
                .doesNotContain("after the soak " + estate.name("a"));
    }

    @Test
    void haltsARingThatCannotBeLookedAtAfterTheSoak() {
        estate.ring(1, "canary", Duration.ofHours(2), 100, "a");
        start(true);
        walk.everything();
        walk.timer("IntermediateEvent_SoakOver");
        jdbc.sql("update verification_run set source = 'nobody' where change_id = ?")
                .param(change.value())
                .update();
        walk.everything();
        assertThat(walk.summary(RingDeployment.DECIDE_HALTED_RING))
                .contains("its hosts could not be looked at after the soak: there is no verifier called nobody");
    }

    @Test
    void haltsARingThatNobodyCouldLookAtInTime() {
        estate.ring(1, "canary", Duration.ofHours(2), 100, "a");
        start(true);
        walk.everything();
        walk.timer("IntermediateEvent_SoakOver").timer("BoundaryEvent_LookSilent");
        assertThat(walk.summary(RingDeployment.DECIDE_HALTED_RING))
                .contains("nobody could see in time whether its hosts are sound");
        walk.everything();
        assertThat(ring()).as("an answer that comes too late changes nothing").isEqualTo("halted");
    }

    @Test
    void doesNotWaitForAScanReportAfterTheSoak() {
        estate = new Estate(context, people.someone("asset-owner"), "simulator", "report")
                .ring(1, "canary", Duration.ofHours(2), 100, "a");
        start(true);
        walk.everything();
        walk.timer("IntermediateEvent_SoakOver");
        assertThat(outcome()).isEqualTo("passed");
    }

    @Test
    void asksPersonsWhenTheGateIsClosedAndStopsWhenTheySaySo() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        start(false);
        assertThat(walk.summary(RingDeployment.DECIDE_CLOSED_GATE)).contains("a freeze is in force");
        walk.done(
                RingDeployment.DECIDE_CLOSED_GATE,
                "change-manager",
                Map.of("decision", "stop", "reason", "next month"));
        assertThat(outcome()).isEqualTo("stopped");
        assertThat(rings.hosts(change, 1, 1)).extracting(RingHost::state).containsOnly("planned");
    }

    @Test
    void installsNothingWhenNobodyHasApprovedThePlan() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        change = estate.change(people.someone("patch-coordinator"));
        walk = new ProcessWalk(context, change);
        instance = runtime.startProcessInstanceByKey(
                        RingDeployment.KEY, change.value(), Map.of(RingDeployment.RING.name(), 1))
                .getId();
        walk.everything();
        assertThat(walk.hasTask(RingDeployment.DECIDE_CLOSED_GATE)).isTrue();
        assertThat(walk.summary(RingDeployment.DECIDE_CLOSED_GATE)).contains("Nobody has voted");
        walk.done(RingDeployment.DECIDE_CLOSED_GATE, "on-call", Map.of("decision", "wait", "reason", "try again"));
        assertThat(walk.hasTask(RingDeployment.DECIDE_CLOSED_GATE)).isTrue();
    }

    @Test
    void asksTheGateAgainWhenPersonsWait() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        start(false);
        walk.submit(
                        RingDeployment.DECIDE_CLOSED_GATE,
                        people.someone("on-call"),
                        Map.of("decision", "wait", "reason", "the freeze ends at noon"))
                .job(RingDeployment.DECIDE_CLOSED_GATE);
        assertThat(context.getBean(ManagementService.class)
                        .createJobQuery()
                        .processInstanceId(instance)
                        .activityId("ServiceTask_CheckGate")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void haltsAFailedRingAndTriesTheFailedHostsAgainBehindTheGate() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a", "b-broken");
        start(true);
        walk.everything();
        assertThat(ring()).isEqualTo("halted");
        assertThat(estate.stateOf(change)).isEqualTo("halted");
        assertThat(walk.summary(RingDeployment.DECIDE_HALTED_RING)).contains("post-installation script");
        decide("retry", "");
        gateOpensAgain();
        walk.everything();
        assertThat(ring()).isEqualTo("halted");
        assertThat(walk.hasTask(RingDeployment.DECIDE_HALTED_RING)).isTrue();
    }

    @Test
    void goesOnWithoutTheHostsThatAreLeftOut() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a", "b-broken");
        start(true);
        walk.everything();
        decide("exclude", estate.name("b-broken"));
        assertThat(estate.stateOf(change)).isEqualTo("rolling-out");
        walk.timer("IntermediateEvent_SoakOver");
        assertThat(outcome()).isEqualTo("passed");
    }

    @Test
    void refusesToLeaveOutTooFewOrOtherHosts() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a", "b-broken", "c-broken");
        start(true);
        walk.everything();
        var login = people.someone("on-call");
        assertThatThrownBy(() -> decide(login, "exclude", estate.name("b-broken")))
                .isInstanceOf(BadUserRequestException.class)
                .hasMessageContaining("still not pass");
        assertThatThrownBy(() -> decide(login, "exclude", "elsewhere"))
                .isInstanceOf(BadUserRequestException.class)
                .hasMessageContaining("none of the hosts");
        assertThat(rings.hosts(change, 1, 1)).extracting(RingHost::state).doesNotContain("excluded");
    }

    @Test
    void putsARingBackAndLooksWithSomethingElse() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a", "b-broken");
        start(true);
        walk.everything();
        decide("roll-back", "");
        walk.everything();
        assertThat(outcome()).isEqualTo("backed-out");
        assertThat(ring()).isEqualTo("backed-out");
        assertThat(jdbc.sql("select distinct seen_version from verification where change_id = ?")
                        .param(change.value())
                        .query(String.class)
                        .list())
                .containsExactly(Estate.OLD);
    }

    @Test
    void sealsWhatTheDeployerSaidUnderTheDigestThatTheAuditNames() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        start(true);
        walk.everything();
        var log = context.getBeansOfType(EvidenceSource.class).values().stream()
                .flatMap(source -> source.of(change))
                .filter(item -> item.path().equals("logs/plan-1/ring-1-install-1-1.txt"))
                .findFirst()
                .orElseThrow();
        var said = new String(log.content(), StandardCharsets.UTF_8);
        assertThat(said).contains(estate.name("a"));
        assertThat(jdbc.sql("select content from audit_entry where change_id = ? and action = 'host-batch-finished'")
                        .param(change.value())
                        .query(String.class)
                        .single())
                .contains("\"logSha256\":\"" + Sha256.hex(said) + "\"");
    }

    @Test
    void asksForRepairWhereTheOldVersionIsNotBack() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a", "b-stuck");
        start(true);
        walk.everything();
        decide("roll-back", "");
        walk.everything();
        assertThat(walk.summary(Rollback.REPAIR_BY_HAND)).contains(estate.name("b-stuck"));
        walk.done(Rollback.REPAIR_BY_HAND, "on-call", Map.of("evidence", "reinstalled from the rescue system"));
        assertThat(outcome()).isEqualTo("backed-out");
        assertThat(rings.hosts(change, 1, 1)).extracting(RingHost::state).containsOnly("backed-out");
    }

    @Test
    void startsNoFurtherHostWhenTheWindowEnds() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        start(true);
        walk.jobs().timer("BoundaryEvent_WindowEnded").everything();
        assertThat(rings.hosts(change, 1, 1)).extracting(RingHost::state).containsOnly("planned");
        assertThat(ring()).isEqualTo("halted");
        assertThat(walk.hasTask(RingDeployment.DECIDE_HALTED_RING)).isTrue();
    }

    @Test
    void warnsThoseOnCallOfASlowRing() {
        people.someone("on-call");
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        start(true);
        walk.jobs().timer("BoundaryEvent_RingSlow");
        assertThat(mails("fault")).isPositive();
        walk.everything().timer("IntermediateEvent_SoakOver");
        assertThat(outcome()).isEqualTo("passed");
    }

    @Test
    void isHaltedByAPersonWhileItRuns() {
        estate.ring(1, "canary", Duration.ZERO, 100, "a");
        start(true);
        walk.jobs();
        var stranger = people.someone("tester");
        assertThatThrownBy(() -> control.halt(change, Actor.person(stranger), "odd"))
                .isInstanceOf(Refusal.class);
        control.halt(change, Actor.person(people.someone("on-call")), "odd metrics");
        walk.everything();
        assertThat(estate.stateOf(change)).isEqualTo("halted");
        assertThat(rings.hosts(change, 1, 1)).extracting(RingHost::state).containsOnly("planned");
        assertThat(walk.summary(RingDeployment.DECIDE_HALTED_RING)).contains("odd metrics");
        control.resume(change, Actor.person(people.someone("on-call")), "metrics are fine");
        assertThat(walk.hasTask(RingDeployment.DECIDE_HALTED_RING)).isFalse();
    }

    @Test
    void isHaltedByAPersonWhileItSoaksAndPutBack() {
        estate.ring(1, "canary", Duration.ofHours(1), 100, "a");
        start(true);
        walk.everything();
        control.halt(change, Actor.person(people.someone("on-call")), "users complain");
        walk.jobs();
        control.rollBack(change, Actor.person(people.someone("on-call")), "users complain");
        walk.everything();
        assertThat(outcome()).isEqualTo("backed-out");
    }

    @Test
    void waitsForAPersonWhereThereIsNoMachineToDoIt() {
        estate = new Estate(context, people.someone("asset-owner"), "manual", "simulator")
                .ring(1, "canary", Duration.ZERO, 100, "a", "b");
        start(true);
        walk.everything();
        assertThat(ring()).isEqualTo("running");
        assertThat(walk.summary(RingWork.CARRY_OUT_BY_HAND)).contains(estate.name("a"), Estate.NEW);
        assertThatThrownBy(() -> walk.done(
                        RingWork.CARRY_OUT_BY_HAND,
                        "implementer",
                        Map.of("outcome", "some-failed", "evidence", "console")))
                .hasMessageContaining("Name the hosts");
    }

    @Test
    void passesWhenThePersonReportsEveryHostDone() {
        estate = new Estate(context, people.someone("asset-owner"), "manual", "simulator")
                .ring(1, "canary", Duration.ZERO, 100, "a", "b");
        start(true);
        walk.everything();
        walk.done(
                RingWork.CARRY_OUT_BY_HAND,
                "implementer",
                Map.of("outcome", "all-done", "evidence", "show version says 3.0.15"));
        walk.everything().timer("IntermediateEvent_SoakOver");
        assertThat(outcome()).isEqualTo("passed");
    }

    @Test
    void haltsAndIsPutBackByHandWhenThePersonReportsAFailure() {
        estate = new Estate(context, people.someone("asset-owner"), "manual", "report")
                .ring(1, "canary", Duration.ZERO, 100, "a", "b");
        start(true);
        walk.everything();
        walk.done(
                RingWork.CARRY_OUT_BY_HAND,
                "implementer",
                Map.of("outcome", "some-failed", "failedHosts", estate.name("b"), "evidence", "b does not boot"));
        walk.everything();
        assertThat(ring()).isEqualTo("halted");
        decide("roll-back", "");
        walk.everything();
        assertThat(walk.summary(Rollback.UNDO_BY_HAND)).contains(Estate.OLD);
        walk.done(Rollback.UNDO_BY_HAND, "implementer", Map.of("outcome", "all-done", "evidence", "old image booted"));
        walk.everything();
        assertThat(outcome()).isEqualTo("backed-out");
    }
}
