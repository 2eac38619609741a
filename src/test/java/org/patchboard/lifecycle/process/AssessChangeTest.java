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
import org.patchboard.change.Changes;
import org.patchboard.change.Statements;
import org.patchboard.lifecycle.engine.Closing;
import org.patchboard.lifecycle.model.AssessChange;
import org.patchboard.lifecycle.model.ForensicTriage;
import org.patchboard.risk.Receipts;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PatchboardTest
class AssessChangeTest {

    private static final Map<String, Object> PATCH =
            Map.of("disposition", "patch", "reason", "It is installed and used.");

    @Autowired
    Closing closing;

    @Autowired
    ApplicationContext context;

    @Autowired
    RuntimeService runtime;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    Changes changes;

    @Autowired
    Statements statements;

    @Autowired
    Receipts receipts;

    private Scene scene;
    private ChangeId change;
    private ProcessWalk walk;

    @BeforeEach
    void setTheScene() {
        scene = new Scene(context);
    }

    private void start() {
        change = scene.record();
        walk = new ProcessWalk(context, change);
        runtime.startProcessInstanceByKey(AssessChange.KEY, change.value());
        walk.jobs();
    }

    @Test
    void setsPriorityDeadlineAndClassEachWithItsReceipt() {
        scene.affected("web1");
        start();
        assertThat(changes.get(change).priority()).isNotNull();
        walk.done(AssessChange.TRIAGE, "vulnerability-analyst", PATCH);
        assertThat(scene.passed(change, "EndEvent_Assessed")).isEqualTo(1);
        var record = changes.get(change);
        assertThat(record.due()).isNotNull();
        assertThat(record.changeClass()).isNotNull();
        assertThat(receipts.of(change))
                .extracting(Receipts.Receipt::decision)
                .contains("priority", "deadline-organisation", "change-classification");
        assertThat(receipts.of(change)).allMatch(receipt -> receipts.holds(change, receipt.id()));
        assertThat(scene.deeds(change)).contains("priority-set", "triage-stated", "deadline-set", "change-classified");
    }

    @Test
    void showsTheAnalystWhatTheDecisionRestsOn() {
        scene.affected("web1", "web2").knownExploited();
        start();
        assertThat(walk.summary(AssessChange.TRIAGE))
                .contains(
                        scene.cve,
                        "Priority",
                        scene.name("web1"),
                        scene.name("web2"),
                        Scene.OLD,
                        Scene.FIXED,
                        "yes, since");
    }

    @Test
    void endsWithoutADeadlineWhenNobodyIsAffected() {
        scene.affected("web1");
        start();
        walk.done(
                AssessChange.TRIAGE,
                "vulnerability-analyst",
                Map.of(
                        "disposition", "not-affected",
                        "vexReason", "vulnerable_code_not_in_execute_path",
                        "reason", "The module is not loaded."));
        assertThat(scene.passed(change, "EndEvent_NotAffected")).isEqualTo(1);
        assertThat(changes.get(change).due()).isNull();
        assertThat(statements.latest(change, 0, "triage").orElseThrow().text())
                .isEqualTo("vulnerable_code_not_in_execute_path: The module is not loaded.");
    }

    @Test
    void refusesNotAffectedWithoutAVexReason() {
        scene.affected("web1");
        start();
        assertThatThrownBy(() -> walk.done(
                        AssessChange.TRIAGE,
                        "vulnerability-analyst",
                        Map.of("disposition", "not-affected", "reason", "I think so.")))
                .hasMessageContaining("VEX");
        assertThat(walk.hasTask(AssessChange.TRIAGE)).isTrue();
        assertThat(statements.of(change)).isEmpty();
    }

    @Test
    void tellsTheChangeManagersWhenTheTriageIsLateAndDecidesNothing() {
        var manager = people.someone("change-manager");
        scene.affected("web1");
        start();
        walk.timer("BoundaryEvent_TriageLate");
        assertThat(scene.told(change, "escalation")).contains(manager);
        assertThat(walk.hasTask(AssessChange.TRIAGE)).isTrue();
        assertThat(scene.passed(change, "EndEvent_TriageEscalated")).isEqualTo(1);
    }

    @Test
    void givesFourHoursForWhatIsKnownToBeExploited() {
        clock.set(Instant.parse("2026-11-20T12:00:00Z"));
        scene.affected("web1").knownExploited();
        start();
        assertThat(walk.task(AssessChange.TRIAGE).getDueDate().toInstant())
                .isEqualTo(Instant.parse("2026-11-20T16:00:00Z"));
    }

    @Test
    void countsBusinessDaysForTheRest() {
        // A Friday at noon in Berlin: the next business day is Monday, the third Wednesday.
        clock.set(Instant.parse("2026-11-20T11:00:00Z"));
        scene.affected("web1");
        start();
        assertThat(walk.task(AssessChange.TRIAGE).getDueDate().toInstant())
                .isIn(Instant.parse("2026-11-23T11:00:00Z"), Instant.parse("2026-11-25T11:00:00Z"));
    }

    @Test
    void asksForForensicsBesideTheChangeWhenThePolicyDoes() {
        scene.finding(scene.host("web1", "production", "public"), "critical", Scene.FIXED);
        scene.knownExploited();
        start();
        walk.done(AssessChange.TRIAGE, "vulnerability-analyst", PATCH);
        assertThat(scene.passed(change, "EndEvent_Assessed"))
                .as("planning is not held up")
                .isEqualTo(1);
        assertThat(changes.get(change).forensicTriage()).isTrue();
        assertThat(walk.hasTask(ForensicTriage.SECURE_EVIDENCE)).isTrue();
    }

    @Test
    void asksForNoForensicsWhenNoPolicyDoes() {
        scene.affected("web1");
        start();
        walk.done(AssessChange.TRIAGE, "vulnerability-analyst", PATCH);
        assertThat(walk.hasTask(ForensicTriage.SECURE_EVIDENCE)).isFalse();
    }

    @Test
    void tellsOwnerAndCoordinatorAsTheDeadlineComesNearAndPasses() {
        var coordinator = people.someone("patch-coordinator");
        scene.affected("web1");
        start();
        walk.done(AssessChange.TRIAGE, "vulnerability-analyst", PATCH);
        var record = changes.get(change);
        var budget = Duration.between(record.openedAt(), record.due());
        assertThat(walk.timerOf("IntermediateEvent_NextNotice").getDuedate().toInstant())
                .isBetween(
                        record.openedAt().plus(budget.dividedBy(2)).minusSeconds(1),
                        record.openedAt().plus(budget.dividedBy(2)).plusSeconds(1));
        for (int notice = 0; notice < 5; notice++) {
            clock.set(walk.timerOf("IntermediateEvent_NextNotice")
                    .getDuedate()
                    .toInstant()
                    .plusSeconds(1));
            walk.timer("IntermediateEvent_NextNotice");
        }
        assertThat(scene.told(change, "escalation").stream().filter(scene.owner::equals))
                .hasSize(5);
        assertThat(scene.told(change, "escalation").stream().filter(coordinator::equals))
                .hasSize(5);
        assertThat(clock.instant())
                .as("the last one, a day after the breach")
                .isAfter(record.due().plus(Duration.ofHours(24)));
        assertThat(scene.passed(change, "EndEvent_NothingToTell")).isEqualTo(1);
    }

    @Test
    void nobodyIsWarnedOfTheDeadlineOfAClosedChange() {
        scene.affected("web1");
        start();
        walk.done(AssessChange.TRIAGE, "vulnerability-analyst", PATCH);
        closing.withdrawn(change);
        assertThat(scene.passed(change, "EndEvent_ChangeClosed")).isEqualTo(1);
    }

    @Test
    void saysAtOnceThatNoWindowBeginsBeforeTheDeadline() {
        var manager = people.someone("change-manager");
        var riskOwner = people.someone("risk-owner");
        scene.affected("web1");
        start();
        walk.done(AssessChange.TRIAGE, "vulnerability-analyst", PATCH);
        assertThat(scene.deeds(change)).contains("deadline-infeasible");
        assertThat(scene.told(change, "escalation")).contains(manager, riskOwner);
        assertThat(scene.bodies(change, "escalation"))
                .anyMatch(
                        body -> body.contains("No window before the deadline (the first begins: none within a year)"));
    }

    @Test
    void isQuietWhenAWindowBeginsBeforeTheDeadline() {
        scene.affected("web1").window();
        start();
        walk.done(AssessChange.TRIAGE, "vulnerability-analyst", PATCH);
        assertThat(scene.deeds(change)).contains("deadline-set").doesNotContain("deadline-infeasible");
    }
}
