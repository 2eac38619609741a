package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.change.Statements;
import org.patchboard.lifecycle.model.ForensicTriage;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PatchboardTest
class ForensicTriageTest {

    @Autowired
    ApplicationContext context;

    @Autowired
    RuntimeService runtime;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    Statements statements;

    private Scene scene;
    private ChangeId change;
    private ProcessWalk walk;
    private Instant started;

    @BeforeEach
    void start() {
        scene = new Scene(context).affected("web1");
        change = scene.record();
        walk = new ProcessWalk(context, change);
        started = clock.instant();
        runtime.startProcessInstanceByKey(ForensicTriage.KEY, change.value());
    }

    private static Map<String, Object> verdict(String verdict) {
        return Map.of("scope", "web1", "evidence", "memory image in the vault", "verdict", verdict);
    }

    @Test
    void endsWithAVerdictThatIsRecorded() {
        walk.done(ForensicTriage.SECURE_EVIDENCE, "incident-response", verdict("none"));
        walk.ends();
        assertThat(statements.latest(change, 0, "forensic-triage").orElseThrow().verdict())
                .isEqualTo("none");
        assertThat(scene.passed(change, "ServiceTask_ReportIncident")).isZero();
    }

    @Test
    void reportsAConfirmedCompromise() {
        var owner = people.someone("risk-owner");
        walk.done(ForensicTriage.SECURE_EVIDENCE, "incident-response", verdict("confirmed"));
        assertThat(scene.told(change, "escalation")).contains(owner);
        assertThat(scene.deeds(change)).contains("incident-reported");
        walk.ends();
    }

    @Test
    void refusesAVerdictWithoutEvidence() {
        assertThatThrownBy(() -> walk.done(
                        ForensicTriage.SECURE_EVIDENCE,
                        "incident-response",
                        Map.of("scope", "web1", "verdict", "none")))
                .hasMessageContaining("evidence");
        assertThat(walk.hasTask(ForensicTriage.SECURE_EVIDENCE)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"BoundaryEvent_ScopeLate, 2", "BoundaryEvent_EvidenceLate, 24", "BoundaryEvent_VerdictLate, 72"})
    void escalatesEachMilestoneAndWaitsOn(String milestone, long hours) {
        var manager = people.someone("change-manager");
        assertThat(walk.timerOf(milestone).getDuedate().toInstant())
                .isCloseTo(started.plus(Duration.ofHours(hours)), within(1, ChronoUnit.MINUTES));
        walk.timer(milestone);
        assertThat(scene.told(change, "escalation")).contains(manager);
        assertThat(walk.hasTask(ForensicTriage.SECURE_EVIDENCE)).isTrue();
    }
}
