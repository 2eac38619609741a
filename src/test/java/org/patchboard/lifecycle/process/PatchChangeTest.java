package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.change.Changes;
import org.patchboard.change.Statements;
import org.patchboard.lifecycle.engine.Approvals;
import org.patchboard.lifecycle.engine.ChangeProcesses;
import org.patchboard.lifecycle.engine.Forensics;
import org.patchboard.lifecycle.engine.Planning;
import org.patchboard.lifecycle.model.PatchChange;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The ways through the main process. What it calls has tests of its own; here each called process is a wait whose outcome
 * the test says. The stand-ins live in a deployment of their own, to which the main process is bound, and leave with it.
 */
@PatchboardTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PatchChangeTest {

    private static final List<String> CALLED = List.of(
            "assess-change",
            "prepare-change",
            "change-authorization",
            "schedule-change",
            "ring-deployment",
            "verify-change",
            "post-implementation-review");

    @Autowired
    ApplicationContext context;

    @Autowired
    RuntimeService runtime;

    @Autowired
    RepositoryService repository;

    @Autowired
    TestPeople people;

    @Autowired
    Changes changes;

    @Autowired
    Planning planning;

    @Autowired
    Statements statements;

    @Autowired
    Approvals approvals;

    @Autowired
    Forensics forensics;

    @Autowired
    ChangeProcesses processes;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Clock clock;

    private String deployment;
    private Scene scene;
    private ChangeId change;
    private ProcessWalk walk;

    @BeforeAll
    void deployStandIns() {
        var builder = repository
                .createDeployment()
                .name("stand-ins")
                .addInputStream("patch-change.bpmn", read("/processes/patch-change.bpmn"));
        for (var key : CALLED) {
            builder.addModelInstance(
                    key + ".bpmn",
                    Bpmn.createExecutableProcess(key)
                            .camundaHistoryTimeToLiveString("P1D")
                            .startEvent()
                            .receiveTask("wait")
                            .message("stand-in." + key)
                            .endEvent()
                            .done());
        }
        deployment = builder.deploy().getId();
    }

    private static java.io.InputStream read(String resource) {
        return java.util.Objects.requireNonNull(PatchChangeTest.class.getResourceAsStream(resource), resource);
    }

    @AfterAll
    void removeStandIns() {
        repository.deleteDeployment(deployment, true);
    }

    @BeforeEach
    void start() {
        scene = new Scene(context).affected("web1", "web2");
        change = scene.record();
        walk = new ProcessWalk(context, change);
        var definition = repository
                .createProcessDefinitionQuery()
                .deploymentId(deployment)
                .processDefinitionKey(PatchChange.KEY)
                .singleResult();
        runtime.startProcessInstanceById(definition.getId(), change.value());
        walk.jobs();
    }

    /** The called process ends, having said this. */
    private void ends(String key, Map<String, Object> outcome) {
        runtime.createMessageCorrelation("stand-in." + key)
                .processInstanceBusinessKey(change.value())
                .setVariables(outcome)
                .correlate();
        walk.jobs();
    }

    private boolean isIn(String key) {
        return runtime.createProcessInstanceQuery()
                        .processInstanceBusinessKey(change.value())
                        .processDefinitionKey(key)
                        .count()
                == 1;
    }

    private void assessed() {
        ends("assess-change", Map.of("assessment", "patch"));
    }

    private void prepared() {
        planning.begin(change);
        planning.store(
                change,
                new Planning.Choices(
                        "canary",
                        5,
                        Duration.ZERO,
                        100,
                        "never",
                        "",
                        "pre",
                        "post",
                        "backup",
                        "back",
                        "told",
                        "why",
                        "none"),
                Actor.person(people.someone("patch-coordinator")));
        ends("prepare-change", Map.of());
        scene.put(change, "authorizing");
    }

    private void authorized() {
        assessed();
        prepared();
        ends("change-authorization", Map.of("authorization", "approved"));
        scene.put(change, "scheduled");
    }

    private void rollingOut() {
        authorized();
        ends("schedule-change", Map.of("scheduling", "go"));
    }

    private void rolledOut() {
        rollingOut();
        ends("ring-deployment", Map.of("rolloutOutcome", "passed"));
        ends("ring-deployment", Map.of("rolloutOutcome", "passed"));
        scene.put(change, "verifying");
    }

    private void ballot(int revision, String outcome) {
        var now = now();
        jdbc.sql("""
                        insert into ballot (change_id, revision, digest, authority, minimum_votes, required_teams, eligible,
                                            deadline, receipt, outcome, opened_at)
                        values (?, ?, ?, 'cab', 1, '{}', '{}', ?, ?, ?, ?)""")
                .params(change.value(), revision, "0".repeat(64), now, UUID.randomUUID(), outcome, now)
                .update();
    }

    private void booking() {
        jdbc.sql("""
                        insert into booking (change_id, revision, sequence, window_name, zone, starts_at, ends_at, state, booked_at)
                        values (?, 1, 0, 'Sunday', 'Europe/Berlin', ?, ?, 'booked', ?)""")
                .params(change.value(), now().plusDays(1), now().plusDays(2), now())
                .update();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }

    private String ballotOutcome() {
        return jdbc.sql("select outcome from ballot where change_id = ? order by revision desc limit 1")
                .param(change.value())
                .query(String.class)
                .single();
    }

    @Test
    void goesFromAssessmentToClosureRingByRing() {
        rollingOut();
        assertThat(scene.stateOf(change)).isEqualTo("rolling-out");
        assertThat(ring()).isEqualTo(1);
        ends("ring-deployment", Map.of("rolloutOutcome", "passed"));
        assertThat(ring()).isEqualTo(2);
        ends("ring-deployment", Map.of("rolloutOutcome", "passed"));
        scene.put(change, "verifying");
        ends("verify-change", Map.of("verification", "fixed"));
        assertThat(changes.get(change).outcome()).isEqualTo("completed");
        assertThat(scene.told(change, "closed")).contains(scene.owner);
        changes.moveTo(change, org.patchboard.change.ChangeState.REVIEW, Actor.system("test"));
        ends("post-implementation-review", Map.of());
        walk.ends();
        assertThat(scene.stateOf(change)).isEqualTo("closed");
        assertThat(scene.deeds(change).stream().filter("evidence-sealed"::equals))
                .as("at the closure and, with what the review said, at its end")
                .hasSize(2);
    }

    @Test
    void closesTheFindingsThatALookSawFixedAndNoOther() {
        rolledOut();
        jdbc.sql("""
                        insert into verification_run (change_id, number, purpose, revision, source, state, started_at)
                        values (?, 1, 'fixed', 1, 'simulator', 'finished', ?)""").params(change.value(), now()).update();
        jdbc.sql("""
                        insert into verification (change_id, run, asset, source, ecosystem, package, seen_version,
                                                  wanted_version, fixed, reboot_pending, at)
                        select change_id, 1, asset, 'simulator', ecosystem, package, fixed_version, fixed_version,
                               asset = (select min(asset) from finding where change_id = :change), false, :now
                          from finding where change_id = :change""").param("change", change.value()).param("now", now()).update();
        ends("verify-change", Map.of("verification", "excepted"));
        assertThat(jdbc.sql("select state from finding where package = ? order by asset")
                        .param(scene.software)
                        .query(String.class)
                        .list())
                .containsExactly("closed", "open");
    }

    private Object ring() {
        var called = runtime.createProcessInstanceQuery()
                .processInstanceBusinessKey(change.value())
                .processDefinitionKey("ring-deployment")
                .singleResult();
        return runtime.getVariable(called.getId(), PatchChange.RING.name());
    }

    @Test
    void closesWithoutARolloutWhenNobodyIsAffected() {
        statements.record(change, 0, "triage", "not-affected", "because", Actor.person("somebody"));
        ends("assess-change", Map.of("assessment", "not-affected"));
        walk.ends();
        assertThat(changes.get(change).outcome()).isEqualTo("not-affected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rejected", "void"})
    void plansAgainWhenTheBoardDoesNotApprove(String outcome) {
        assessed();
        prepared();
        ballot(1, outcome);
        ends("change-authorization", Map.of("authorization", outcome));
        assertThat(isIn("prepare-change")).isTrue();
    }

    @Test
    void closesWhenTheBoardHasRefusedThreePlans() {
        assessed();
        prepared();
        ballot(1, "rejected");
        ballot(2, "expired");
        ballot(3, "rejected");
        ends("change-authorization", Map.of("authorization", "rejected"));
        walk.ends();
        assertThat(changes.get(change).outcome()).isEqualTo("refused");
    }

    @Test
    void plansAgainWhenNoWindowHolds() {
        authorized();
        ends("schedule-change", Map.of("scheduling", "replan"));
        assertThat(isIn("prepare-change")).isTrue();
    }

    @Test
    void plansAgainWhenAHostComesUpWhileScheduledAndMailsTheDifference() {
        authorized();
        ballot(1, "approved");
        booking();
        scene.affected("web3");
        assertThat(approvals.checkDrift(change)).isTrue();
        walk.jobs();
        assertThat(isIn("schedule-change")).isFalse();
        assertThat(isIn("prepare-change")).isTrue();
        assertThat(scene.told(change, "window-cancelled")).contains(scene.owner);
        assertThat(ballotOutcome()).isEqualTo("void");
        assertThat(scene.bodies(change, "escalation"))
                .anyMatch(body -> body.contains(scene.name("web3") + " now needs"));
    }

    @Test
    void staysScheduledWhenAHostNeedsNothingAnyMore() {
        authorized();
        ballot(1, "approved");
        jdbc.sql(
                        "update finding set state = 'closed' where package = ? and asset = (select id from asset where name = ?)")
                .params(scene.software, scene.name("web1"))
                .update();
        assertThat(approvals.checkDrift(change)).isFalse();
        assertThat(ballotOutcome()).isEqualTo("approved");
        assertThat(isIn("schedule-change")).isTrue();
    }

    @Test
    void losesItsVotesWhenANewerBuildIsNeeded() {
        authorized();
        ballot(1, "approved");
        var web1 = new org.patchboard.shared.AssetId(jdbc.sql("select id from asset where name = ?")
                .param(scene.name("web1"))
                .query(Long.class)
                .single());
        scene.finding(web1, "high", "3.0.16-1");
        assertThat(approvals.checkDrift(change)).isTrue();
        assertThat(ballotOutcome()).isEqualTo("void");
    }

    @Test
    void plansAgainWhenTheRolloutIsStopped() {
        rollingOut();
        ends("ring-deployment", Map.of("rolloutOutcome", "stopped"));
        assertThat(isIn("prepare-change")).isTrue();
        assertThat(changes.get(change).outcome())
                .as("nothing but verification closes")
                .isNull();
    }

    @Test
    void closesAndReviewsWhenARingWasBackedOutAndStartsNoOther() {
        rollingOut();
        jdbc.sql("""
                        insert into ring (change_id, revision, number, name, state, soak, success_share, deployer, kind, digest, reboot)
                        values (?, 1, 1, 'Canary', 'backed-out', interval '0', 100, 'simulator', 'canary', ?, 'never')""").params(change.value(), "0".repeat(64)).update();
        ends("ring-deployment", Map.of("rolloutOutcome", "backed-out"));
        assertThat(isIn("ring-deployment")).isFalse();
        assertThat(changes.get(change).outcome()).isEqualTo("backed-out");
        assertThat(isIn("post-implementation-review")).isTrue();
    }

    @Test
    void refusesToPlanExactlyWhatTheBoardHasRefused() {
        assessed();
        prepared();
        ballot(1, "rejected");
        ends("change-authorization", Map.of("authorization", "rejected"));
        assertThatThrownBy(this::prepared)
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("refused exactly this plan");
    }

    @Test
    void plansAgainWhenVerificationAsksForIt() {
        rolledOut();
        ends("verify-change", Map.of("verification", "retry"));
        assertThat(isIn("prepare-change")).isTrue();
    }

    @Test
    void closesWhenTheRestIsExcepted() {
        rolledOut();
        jdbc.sql("""
                        insert into risk_exception (change_id, kind, reason, requested_by, accepted_by, from_at, until_at)
                        values (?, 'risk-acceptance', 'later', 'a', 'b', ?, ?)""").params(change.value(), now(), now().plusDays(10)).update();
        ends("verify-change", Map.of("verification", "excepted"));
        assertThat(changes.get(change).outcome()).isEqualTo("completed-with-exceptions");
    }

    @Test
    void doesNotCloseBeforeTheForensicVerdict() {
        changes.due(change, null, null, null, true, Actor.system("test"));
        rolledOut();
        ends("verify-change", Map.of("verification", "fixed"));
        assertThat(changes.get(change).outcome()).isNull();
        assertThat(scene.passed(change, "BoundaryEvent_VerdictMissing")).isEqualTo(1);
        statements.record(change, 0, "forensic-triage", "none", "clean", Actor.person("somebody"));
        forensics.releaseClosure(change);
        walk.jobs();
        assertThat(changes.get(change).outcome()).isEqualTo("completed");
    }

    @Test
    void endsWhenItIsWithdrawnAndGivesEverythingBack() {
        authorized();
        ballot(1, "approved");
        booking();
        jdbc.sql("update finding set change_id = ? where package = ?")
                .params(change.value(), scene.software)
                .update();
        processes.withdraw(
                change, "The vendor withdrew the update.", Actor.person(people.someone("patch-coordinator")));
        walk.ends();
        assertThat(scene.stateOf(change)).isEqualTo("withdrawn");
        assertThat(scene.deeds(change)).endsWith("evidence-sealed");
        assertThat(ballotOutcome()).isEqualTo("void");
        assertThat(scene.told(change, "window-cancelled")).contains(scene.owner);
        assertThat(jdbc.sql("select count(*) from finding where change_id = ?")
                        .param(change.value())
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void isNotWithdrawnOnceItRuns() {
        rollingOut();
        var person = Actor.person(people.someone("patch-coordinator"));
        assertThatThrownBy(() -> processes.withdraw(change, "Too late.", person))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("rolling-out");
    }
}
