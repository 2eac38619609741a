package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Map;
import org.camunda.bpm.engine.AuthorizationException;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.exception.RiskExceptions;
import org.patchboard.identity.Duties;
import org.patchboard.identity.Duty;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.lifecycle.model.VerifyChange;
import org.patchboard.rollout.Estate;
import org.patchboard.rollout.HostWorkByHand;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Something that is not the installer looks; persons judge what it saw. */
@PatchboardTest
class VerifyChangeTest {

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
    Rollouts rollouts;

    @Autowired
    RiskExceptions exceptions;

    @Autowired
    JdbcClient jdbc;

    private Estate estate;
    private ChangeId change;
    private ProcessWalk walk;
    private String instance;

    @BeforeEach
    void makeAnEstate() {
        estate = estate("simulator");
    }

    private Estate estate(String verifier) {
        return new Estate(context, people.someone("asset-owner"), "simulator", verifier);
    }

    /** Rolls the plan's ring out on simulated hosts and starts the verification. */
    private void verify(String... hosts) {
        estate.ring(1, "broad", Duration.ZERO, 1, hosts);
        change = estate.change(people.someone("patch-coordinator"));
        estate.gate(change, 1, true);
        rollouts.orderRing(change, 1);
        new HostWorkByHand(context).runAll(change);
        start();
    }

    private void start() {
        walk = new ProcessWalk(context, change);
        instance = runtime.startProcessInstanceByKey(VerifyChange.KEY, change.value())
                .getId();
        walk.jobs();
    }

    private Object outcome() {
        assertThat(runtime.createProcessInstanceQuery()
                        .processInstanceId(instance)
                        .count())
                .isZero();
        return history.createHistoricVariableInstanceQuery()
                .processInstanceId(instance)
                .variableName(VerifyChange.VERIFICATION.name())
                .singleResult()
                .getValue();
    }

    private ProcessWalk judge(String decision) {
        return walk.done(
                VerifyChange.JUDGE_RESIDUAL_HOSTS,
                "verifier",
                Map.of("decision", decision, "reason", "no spare this month", "control", "isolated"));
    }

    private String day(Duration ahead) {
        return clock.instant()
                .plus(ahead)
                .atOffset(ZoneOffset.UTC)
                .toLocalDate()
                .toString();
    }

    @Test
    void isSignedWhenEveryHostWasSeenFixed() {
        verify("a", "b");
        assertThat(estate.stateOf(change)).isEqualTo("verifying");
        walk.everything();
        assertThat(walk.summary(VerifyChange.SIGN_CLOSURE)).contains(estate.name("a"), Estate.NEW, "simulator");
        walk.done(VerifyChange.SIGN_CLOSURE, "verifier", Map.of("confirmed", true));
        assertThat(outcome()).isEqualTo("fixed");
    }

    @Test
    void isNotSignedWithoutReadingOrByWhoPlanned() {
        verify("a");
        walk.everything();
        var verifier = people.someone("verifier");
        assertThatThrownBy(() -> walk.doneBy(VerifyChange.SIGN_CLOSURE, verifier, Map.of("confirmed", false)))
                .isInstanceOf(BadUserRequestException.class)
                .hasMessageContaining("Confirm");
        var implementer = people.someone("verifier");
        context.getBean(Duties.class).take(change, implementer, Duty.IMPLEMENT);
        var task = walk.task(VerifyChange.SIGN_CLOSURE);
        context.getBean(TaskService.class).setAssignee(task.getId(), implementer);
        assertThatThrownBy(() -> walk.doneBy(VerifyChange.SIGN_CLOSURE, implementer, Map.of("confirmed", true)))
                .isInstanceOf(AuthorizationException.class)
                .hasMessageContaining("implemented it");
    }

    @Test
    void countsAHostThatWasPatchedFurtherAsFixed() {
        verify("a");
        jdbc.sql("update simulated_host set version = '3.0.16-1~deb12u1' where asset = ?")
                .param(estate.asset("a").value())
                .update();
        walk.everything();
        assertThat(walk.hasTask(VerifyChange.SIGN_CLOSURE)).isTrue();
    }

    @Test
    void handsResidualHostsBackToTheRollOut() {
        verify("a", "b-broken");
        walk.everything();
        assertThat(walk.summary(VerifyChange.JUDGE_RESIDUAL_HOSTS)).contains(estate.name("b-broken"), "not fixed");
        judge("retry");
        assertThat(outcome()).isEqualTo("retry");
    }

    @Test
    void neverCountsAHostAsFixedThatCannotBeLookedAt() {
        verify("a", "b-unreachable");
        walk.everything();
        assertThat(walk.summary(VerifyChange.JUDGE_RESIDUAL_HOSTS)).contains("could not be looked at");
    }

    @Test
    void doesNotCloseOverAPendingRestartAndLooksAgain() {
        estate.neverRestart();
        verify("a-reboot");
        walk.everything();
        assertThat(walk.summary(VerifyChange.JUDGE_RESIDUAL_HOSTS)).contains("restart pending");
        jdbc.sql("update simulated_host set reboot_pending = false where asset = ?")
                .param(estate.asset("a-reboot").value())
                .update();
        judge("look-again").everything();
        walk.done(VerifyChange.SIGN_CLOSURE, "verifier", Map.of("confirmed", true));
        assertThat(outcome()).isEqualTo("fixed");
    }

    @Test
    void exceptsResidualHostsUntilADateWithTheOwnerOfTheRisk() {
        verify("a", "b-broken");
        walk.everything();
        judge("exception");
        assertThat(walk.summary(VerifyChange.ACCEPT_RESIDUAL_RISK)).contains("no spare this month", "isolated");
        walk.done(
                VerifyChange.ACCEPT_RESIDUAL_RISK,
                "risk-owner",
                Map.of("decision", "accept", "until", day(Duration.ofDays(20)), "reason", "isolated host"));
        assertThat(outcome()).isEqualTo("excepted");
        assertThat(exceptions.inForce(change)).singleElement().satisfies(exception -> {
            assertThat(exception.assetName()).isEqualTo(estate.name("b-broken"));
            assertThat(exception.requestedBy()).isNotEqualTo(exception.acceptedBy());
        });
        assertThat(walk.timerOf("IntermediateEvent_DateDue").getDuedate())
                .as("watched until its end")
                .isAfter(java.util.Date.from(clock.instant()));
    }

    @Test
    void refusesAnExceptionWithoutADayOrTooLong() {
        verify("b-broken");
        walk.everything();
        judge("exception");
        var owner = people.someone("risk-owner");
        assertThatThrownBy(() -> walk.doneBy(
                        VerifyChange.ACCEPT_RESIDUAL_RISK, owner, Map.of("decision", "accept", "reason", "fine")))
                .hasMessageContaining("Choose the day");
        assertThatThrownBy(() -> walk.doneBy(
                        VerifyChange.ACCEPT_RESIDUAL_RISK,
                        owner,
                        Map.of("decision", "accept", "until", day(Duration.ofDays(60)), "reason", "fine")))
                .hasMessageContaining("at the latest");
        assertThat(exceptions.of(change)).isEmpty();
    }

    @Test
    void isNotExceptedByWhoAskedForIt() {
        verify("b-broken");
        walk.everything();
        var both = people.someone("verifier", "risk-owner");
        walk.doneBy(VerifyChange.JUDGE_RESIDUAL_HOSTS, both, Map.of("decision", "exception", "reason", "no spare"));
        assertThatThrownBy(() -> walk.doneBy(
                        VerifyChange.ACCEPT_RESIDUAL_RISK,
                        both,
                        Map.of("decision", "accept", "until", day(Duration.ofDays(5)), "reason", "mine")))
                .isInstanceOf(AuthorizationException.class);
    }

    @Test
    void goesBackToTheResidualHostsWhenTheRiskIsRefused() {
        verify("b-broken");
        walk.everything();
        judge("exception");
        walk.done(
                VerifyChange.ACCEPT_RESIDUAL_RISK, "risk-owner", Map.of("decision", "refuse", "reason", "too exposed"));
        assertThat(walk.hasTask(VerifyChange.JUDGE_RESIDUAL_HOSTS)).isTrue();
        assertThat(exceptions.of(change)).isEmpty();
    }

    @Test
    void isNotSignedOverAnExceptionThatHasEndedMeanwhile() {
        verify("a", "b-broken");
        var asset = estate.asset("b-broken");
        exceptions.accept(
                change,
                asset,
                "risk-acceptance",
                "no spare",
                "",
                "ana",
                clock.instant().plus(Duration.ofDays(2)),
                Actor.person("ben"));
        walk.everything();
        clock.forward(Duration.ofDays(3));
        var verifier = people.someone("verifier");
        assertThatThrownBy(() -> walk.doneBy(VerifyChange.SIGN_CLOSURE, verifier, Map.of("confirmed", true)))
                .hasMessageContaining("exception has ended");
    }

    @Test
    void signsWhatIsExceptedAsExcepted() {
        verify("a", "b-broken");
        exceptions.accept(
                change,
                estate.asset("b-broken"),
                "risk-acceptance",
                "no spare",
                "",
                "ana",
                clock.instant().plus(Duration.ofDays(2)),
                Actor.person("ben"));
        walk.everything();
        walk.done(VerifyChange.SIGN_CLOSURE, "verifier", Map.of("confirmed", true));
        assertThat(outcome()).isEqualTo("excepted");
    }

    @Test
    void asksAPersonWhenNobodyCanLook() {
        verify("a");
        jdbc.sql("update verification_run set source = 'nobody' where change_id = ?")
                .param(change.value())
                .update();
        walk.everything();
        assertThat(walk.summary(VerifyChange.JUDGE_RESIDUAL_HOSTS)).contains("there is no verifier called nobody");
    }

    @Test
    void believesAReportOnlyWhenItIsNewerThanTheInstallation() {
        estate = estate("report");
        verify("a");
        walk.everything();
        assertThat(walk.summary(VerifyChange.JUDGE_RESIDUAL_HOSTS)).contains("no scan report is newer");
        clock.forward(Duration.ofMinutes(10));
        scanned("open");
        judge("look-again").everything();
        assertThat(walk.summary(VerifyChange.JUDGE_RESIDUAL_HOSTS)).contains("still reported");
        jdbc.sql("update finding set state = 'closed' where asset = ?")
                .param(estate.asset("a").value())
                .update();
        judge("look-again").everything();
        assertThat(walk.summary(VerifyChange.SIGN_CLOSURE)).contains("no longer reported");
    }

    private void scanned(String state) {
        var at = Timestamp.from(clock.instant());
        jdbc.sql("""
                        insert into scan (asset, scanner, digest, actor, at, findings, created, reopened, closed, unchanged)
                        values (?, 'trivy', ''::bytea, 'test', ?, 1, 1, 0, 0, 0)""").params(estate.asset("a").value(), at).update();
        jdbc.sql("""
                        insert into finding (asset, cve, ecosystem, package, installed_version, severity, scanner, state,
                                             first_seen, last_seen)
                        values (?, 'CVE-2024-12797', 'deb', ?, ?, 'high', 'trivy', ?, ?, ?)""")
                .params(estate.asset("a").value(), estate.patched(), Estate.OLD, state, at, at)
                .update();
    }

    @Test
    void isEscalatedWhenItIsLate() {
        people.someone("verifier");
        verify("a");
        var week = Date.from(clock.instant().plus(Duration.ofDays(7)));
        assertThat(walk.timerOf("StartEvent_VerificationDue").getDuedate())
                .isBetween(new Date(week.getTime() - 60_000), new Date(week.getTime() + 60_000));
        walk.timer("StartEvent_VerificationDue");
        assertThat(jdbc.sql("select count(*) from outbox where change_id = ? and template = 'escalation'")
                        .param(change.value())
                        .query(Long.class)
                        .single())
                .isPositive();
        walk.everything();
        assertThat(walk.hasTask(VerifyChange.SIGN_CLOSURE)).isTrue();
    }

    @Test
    void isDueWithinADayForWhatIsCritical() {
        estate.ring(1, "broad", Duration.ZERO, 1, "a");
        change = estate.change(people.someone("patch-coordinator"));
        jdbc.sql("update change_record set priority = 'critical', state = 'rolling-out' where id = ?")
                .param(change.value())
                .update();
        start();
        assertThat(walk.timerOf("StartEvent_VerificationDue").getDuedate())
                .isBefore(Date.from(clock.instant().plus(Duration.ofHours(25))));
    }
}
