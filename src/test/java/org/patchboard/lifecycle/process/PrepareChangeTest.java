package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.Job;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.change.Statements;
import org.patchboard.lifecycle.engine.Waiting;
import org.patchboard.lifecycle.model.PrepareChange;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class PrepareChangeTest {

    private static final Map<String, Object> ACCEPTED = Map.of("verdict", "acceptable", "impact", "Two minutes.");
    private static final Map<String, Object> MORE = Map.of("verdict", "need-more", "impact", "Which users?");
    private static final Map<String, Object> PASS =
            Map.of("verdict", "pass", "effectiveness", "Version seen.", "sideEffects", "None.");

    @Autowired
    ApplicationContext context;

    @Autowired
    RuntimeService runtime;

    @Autowired
    ManagementService management;

    @Autowired
    TestPeople people;

    @Autowired
    Plans plans;

    @Autowired
    Statements statements;

    @Autowired
    JdbcClient jdbc;

    private Scene scene;
    private ChangeId change;
    private ProcessWalk walk;
    private String instance;

    @Autowired
    Waiting waiting;

    @BeforeEach
    void start() {
        scene = new Scene(context).affected("web1", "web2").affectedLab("lab1");
        change = scene.record();
        walk = new ProcessWalk(context, change);
        instance = runtime.startProcessInstanceByKey(PrepareChange.KEY, change.value())
                .getId();
        walk.jobs();
    }

    private PlanRevision plan() {
        return plans.current(change).orElseThrow();
    }

    private void planned() {
        walk.done(PrepareChange.PLAN, "patch-coordinator", Scene.plan());
    }

    private void accepted() {
        walk.done(PrepareChange.BUSINESS_IMPACT, "asset-owner", ACCEPTED);
        walk.done(PrepareChange.SECURITY_IMPACT, "security-representative", ACCEPTED);
    }

    /** Up to the test's result, hosts simulated. */
    private void tested() {
        planned();
        accepted();
        walk.everything();
    }

    /** Signs off and leaves the search for conflicts, another room's, as a job. */
    private void signedOff() {
        walk.submit(PrepareChange.SIGN_OFF_TEST, people.someone("tester"), PASS).job(PrepareChange.SIGN_OFF_TEST);
    }

    private void conflicts(String found) {
        tested();
        signedOff();
        runtime.setVariable(instance, PrepareChange.CONFLICTS.name(), found);
        runtime.createProcessInstanceModification(instance)
                .cancelAllForActivity("ServiceTask_FindConflicts")
                .startBeforeActivity("Gateway_ConflictFound")
                .execute();
        walk.jobs();
    }

    @Test
    void storesThePlanWithItsDigestInTheTrail() {
        assertThat(scene.stateOf(change)).isEqualTo("planning");
        planned();
        assertThat(plan().digest()).matches("[0-9a-f]{64}");
        assertThat(plan().plan().rings()).extracting(ring -> ring.kind()).containsExactly("lab", "canary", "broad");
        assertThat(jdbc.sql("select content from audit_entry where change_id = ? and action = 'plan-stored'")
                        .param(change.value())
                        .query(String.class)
                        .single())
                .contains(plan().digest());
    }

    @Test
    void proposesRingsToTheCoordinator() {
        assertThat(walk.summary(PrepareChange.PLAN)).contains("Canary", scene.name("web1"), scene.name("lab1"), "Lab");
    }

    @Test
    void showsDigestRingsAndHostsToThoseWhoJudge() {
        planned();
        for (var task : List.of(PrepareChange.BUSINESS_IMPACT, PrepareChange.SECURITY_IMPACT)) {
            assertThat(walk.summary(task)).contains(plan().digest(), "Canary", scene.name("web2"), Scene.FIXED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reason",
                "securityImpact",
                "preChecks",
                "postChecks",
                "backup",
                "backOut",
                "communication",
                "strategy"
            })
    void refusesAnIncompletePlan(String missing) {
        var answers = new HashMap<>(Scene.plan());
        answers.remove(missing);
        assertThatThrownBy(() -> walk.done(PrepareChange.PLAN, "patch-coordinator", answers))
                .hasMessageMatching("(?s).*[A-Z].*\\..*");
        assertThat(plans.current(change)).isEmpty();
    }

    @Test
    void refusesAPlanWhoseTimeCannotBeRead() {
        var answers = new HashMap<>(Scene.plan());
        answers.put("earliest", "next Tuesday");
        assertThatThrownBy(() -> walk.done(PrepareChange.PLAN, "patch-coordinator", answers))
                .hasMessageContaining("2026-12-01 22:00, in Europe/Berlin");
    }

    @Test
    void takesATimeAsTheClocksOfTheGroupShowIt() {
        for (var written : List.of("2026-12-01 22:00", "2026-12-01T21:00:00Z", "2026-12-01T22:00+01:00")) {
            var answers = new HashMap<>(Scene.plan());
            answers.put("earliest", written);
            walk.done(PrepareChange.PLAN, "patch-coordinator", answers);
            assertThat(context.getBean(org.patchboard.change.Plans.class)
                            .current(change)
                            .orElseThrow()
                            .plan()
                            .window()
                            .earliest())
                    .isEqualTo("2026-12-01T21:00:00Z");
            walk.done(
                    PrepareChange.BUSINESS_IMPACT, "asset-owner", Map.of("verdict", "need-more", "impact", "Another?"));
            walk.done(PrepareChange.SECURITY_IMPACT, "security-representative", ACCEPTED);
        }
    }

    @Test
    void saysWhatItWaitsForInTheWordsOfItsModel() {
        planned();
        assertThat(waiting.of(change))
                .extracting(Waiting.WaitsFor::what)
                .contains("State business impact", "Reminder: State business impact")
                .doesNotHaveDuplicates();
    }

    @Test
    void waitsForBothOwnerAndSecurity() {
        planned();
        walk.done(PrepareChange.BUSINESS_IMPACT, "asset-owner", ACCEPTED);
        assertThat(scene.passed(change, "ServiceTask_OrderTest")).isZero();
        assertThat(scene.stateOf(change)).isEqualTo("planning");
        walk.done(PrepareChange.SECURITY_IMPACT, "security-representative", ACCEPTED);
        assertThat(scene.passed(change, "ServiceTask_OrderTest")).isEqualTo(1);
        assertThat(scene.stateOf(change)).isEqualTo("testing");
    }

    @Test
    void goesBackToThePlanWhenEitherNeedsMore() {
        planned();
        walk.done(PrepareChange.SECURITY_IMPACT, "security-representative", MORE);
        walk.done(PrepareChange.BUSINESS_IMPACT, "asset-owner", ACCEPTED);
        assertThat(walk.hasTask(PrepareChange.PLAN)).isTrue();
        assertThat(walk.summary(PrepareChange.PLAN)).contains("Which users?");
    }

    @Test
    void acceptsTheSamePlanOnceTheQuestionIsAnswered() {
        planned();
        walk.done(PrepareChange.SECURITY_IMPACT, "security-representative", MORE);
        walk.done(PrepareChange.BUSINESS_IMPACT, "asset-owner", ACCEPTED);
        planned();
        accepted();
        assertThat(plan().revision()).isEqualTo(1);
        assertThat(scene.passed(change, "ServiceTask_OrderTest")).isEqualTo(1);
    }

    @Test
    void goesBackAtMostThreeTimesAndThenLetsTheBoardSeeWhoObjects() {
        for (int round = 1; round <= 3; round++) {
            planned();
            walk.done(PrepareChange.BUSINESS_IMPACT, "asset-owner", MORE);
            walk.done(PrepareChange.SECURITY_IMPACT, "security-representative", ACCEPTED);
            assertThat(walk.hasTask(PrepareChange.PLAN)).as("round " + round).isTrue();
        }
        planned();
        walk.done(PrepareChange.BUSINESS_IMPACT, "asset-owner", MORE);
        walk.done(PrepareChange.SECURITY_IMPACT, "security-representative", ACCEPTED);
        assertThat(walk.hasTask(PrepareChange.PLAN)).isFalse();
        assertThat(scene.passed(change, "ServiceTask_OrderTest")).isEqualTo(1);
    }

    @Test
    void showsTheTesterWhatTheTestDid() {
        tested();
        assertThat(walk.summary(PrepareChange.SIGN_OFF_TEST)).contains(plan().digest(), scene.name("lab1"), "passed");
    }

    @Test
    void refusesASignOffByThePlanner() {
        var both = people.someone("patch-coordinator", "tester");
        walk.doneBy(PrepareChange.PLAN, both, Scene.plan());
        accepted();
        walk.everything();
        assertThatThrownBy(() -> walk.submit(PrepareChange.SIGN_OFF_TEST, both, PASS))
                .hasMessageContaining("planned it");
        assertThat(statements.latest(change, 1, "test-sign-off")).isEmpty();
    }

    @Test
    void refusesASignOffWithoutEvidence() {
        tested();
        var tester = people.someone("tester");
        assertThatThrownBy(() -> walk.submit(
                        PrepareChange.SIGN_OFF_TEST, tester, Map.of("verdict", "pass", "sideEffects", "None.")))
                .hasMessageContaining("works");
        assertThatThrownBy(() -> walk.submit(
                        PrepareChange.SIGN_OFF_TEST,
                        tester,
                        Map.of("verdict", "conditional", "effectiveness", "Seen.", "sideEffects", "None.")))
                .hasMessageContaining("conditions");
    }

    @Test
    void plansAgainWhenTheTestFails() {
        tested();
        walk.done(
                PrepareChange.SIGN_OFF_TEST,
                "tester",
                Map.of("verdict", "fail", "effectiveness", "Old version still there.", "sideEffects", "None."));
        assertThat(walk.hasTask(PrepareChange.PLAN)).isTrue();
        assertThat(scene.stateOf(change)).isEqualTo("planning");
    }

    @Test
    void asksTheTesterWhenNoResultComesInTime() {
        planned();
        accepted();
        walk.timer("BoundaryEvent_TestSilent");
        assertThat(walk.hasTask(PrepareChange.SIGN_OFF_TEST)).isTrue();
        assertThat(walk.summary(PrepareChange.SIGN_OFF_TEST)).contains("running");
    }

    @Test
    void isPreparedWhenNothingStandsAgainstIt() {
        conflicts("none");
        assertThat(scene.passed(change, "EndEvent_Prepared")).isEqualTo(1);
    }

    @Test
    void plansAgainWhenTheConflictIsHard() {
        conflicts("hard");
        assertThat(walk.hasTask(PrepareChange.PLAN)).isTrue();
    }

    @Test
    void letsAChangeManagerWaiveASoftConflictWithAReason() {
        tested();
        signedOff();
        jdbc.sql("""
                        insert into schedule_conflict (change_id, revision, kind, hard, detail, found_at)
                        values (?, 1, 'same-asset', false, 'CHG-000001 touches web1', (select opened_at from change_record where id = ?))""").params(change.value(), change.value()).update();
        runtime.setVariable(instance, PrepareChange.CONFLICTS.name(), "soft");
        runtime.createProcessInstanceModification(instance)
                .cancelAllForActivity("ServiceTask_FindConflicts")
                .startBeforeActivity("Gateway_ConflictFound")
                .execute();
        assertThat(walk.summary(PrepareChange.WAIVE_CONFLICTS)).contains("CHG-000001 touches web1");
        var manager = people.someone("change-manager");
        assertThatThrownBy(() -> walk.doneBy(PrepareChange.WAIVE_CONFLICTS, manager, Map.of()))
                .hasMessageContaining("why");
        walk.doneBy(PrepareChange.WAIVE_CONFLICTS, manager, Map.of("reason", "They agreed on the order."));
        assertThat(jdbc.sql("select waiver from schedule_conflict where change_id = ?")
                        .param(change.value())
                        .query(String.class)
                        .single())
                .isEqualTo("They agreed on the order.");
        assertThat(scene.passed(change, "EndEvent_Prepared")).isEqualTo(1);
    }

    @Test
    void tellsTheChangeManagersWhenThePlanIsLateAndWaitsOn() {
        var manager = people.someone("change-manager");
        walk.timer("BoundaryEvent_PlanLate");
        assertThat(scene.told(change, "escalation")).contains(manager);
        assertThat(walk.hasTask(PrepareChange.PLAN)).isTrue();
    }

    @Test
    void remindsAfterOneBusinessDayAndEscalatesAfterTheSecond() {
        var owner = people.someone("asset-owner");
        var manager = people.someone("change-manager");
        planned();
        var timers = jobsOf(PrepareChange.BUSINESS_IMPACT);
        assertThat(timers).hasSize(2);
        management.executeJob(timers.get(0).getId());
        assertThat(scene.told(change, "reminder")).contains(owner);
        assertThat(scene.told(change, "escalation")).doesNotContain(manager);
        management.executeJob(timers.get(1).getId());
        assertThat(scene.told(change, "escalation")).contains(manager);
        assertThat(walk.hasTask(PrepareChange.BUSINESS_IMPACT))
                .as("silence is never consent")
                .isTrue();
    }

    /** Timers of a task, the earlier first. */
    private List<Job> jobsOf(String activity) {
        return management.createJobQuery().processInstanceId(instance).timers().activityId(activity).list().stream()
                .sorted(java.util.Comparator.comparing(Job::getDuedate))
                .toList();
    }

    @Test
    void plansWithTheHostsThatAreThereNow() {
        planned();
        scene.affected("web3");
        walk.done(PrepareChange.SECURITY_IMPACT, "security-representative", MORE);
        walk.done(PrepareChange.BUSINESS_IMPACT, "asset-owner", ACCEPTED);
        planned();
        assertThat(plan().revision()).isEqualTo(2);
        assertThat(plan().plan().hosts()).extracting(host -> host.name()).contains(scene.name("web3"));
    }
}
