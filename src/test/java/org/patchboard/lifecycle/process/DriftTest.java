package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.change.Changes;
import org.patchboard.change.Drifts;
import org.patchboard.change.Plan;
import org.patchboard.change.Plans;
import org.patchboard.lifecycle.engine.Approvals;
import org.patchboard.risk.DecisionEngine;
import org.patchboard.risk.Receipts;
import org.patchboard.shared.Actor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which differences between plan and reality void the votes is said by a table, with a receipt (laws 4 and 6). */
@PatchboardTest
class DriftTest {

    @Autowired
    ApplicationContext context;

    @Autowired
    DecisionEngine tables;

    @Autowired
    Approvals approvals;

    @Autowired
    Drifts drifts;

    @Autowired
    Receipts receipts;

    @Autowired
    Changes changes;

    @Autowired
    Plans plans;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TestClock clock;

    private Governed governed;

    @BeforeEach
    void approve() {
        clock.set(Instant.parse("2027-02-01T09:00:00Z"));
        governed = new Governed(context).classified("scheduled", "normal", "high");
    }

    private void priority(String priority) {
        jdbc.sql("update change_record set priority = ? where id = ?")
                .params(priority, governed.change.value())
                .update();
    }

    @ParameterizedTest
    @CsvSource({
        "host-added,true",
        "newer-version,true",
        "host-settled,false",
        "priority-raised,true",
        "priority-lowered,false",
        "deadline-earlier,true",
        "deadline-later,false"
    })
    void theTableKnowsEveryKind(String kind, boolean material) {
        assertThat(tables.evaluate("drift-materiality", null, Map.of("kind", kind))
                        .outputs())
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("material", material));
    }

    @Test
    void aHostThatNeedsNothingAnyMoreIsKeptWithItsReceiptAndVoidsNothing() {
        assertThat(approvals.checkDrift(governed.change)).isFalse();
        assertThat(drifts.of(governed.change)).singleElement().satisfies(drift -> {
            assertThat(drift.kind()).isEqualTo("host-settled");
            assertThat(drift.material()).isFalse();
            assertThat(receipts.holds(governed.change, drift.receipt())).isTrue();
        });
        assertThat(approvals.checkDrift(governed.change)).isFalse();
        assertThat(drifts.of(governed.change)).as("judged once").hasSize(1);
        assertThat(governed.deeds()).contains("drift-immaterial");
    }

    @Test
    void aHigherRiskVoidsTheVotesAndALowerOneDoesNot() {
        governed.approved(governed.people.someone("cab"));
        priority("medium");
        assertThat(approvals.checkDrift(governed.change)).isFalse();
        priority("critical");
        assertThat(approvals.checkDrift(governed.change)).isTrue();
        assertThat(governed.deeds()).contains("drift-found", "ballot-voided");
    }

    @Test
    void aNearerDeadlineVoidsTheVotes() {
        var plan = governed.plan().plan();
        var due = clock.instant().plus(Duration.ofDays(14));
        plans.store(
                governed.change,
                new Plan(
                        plan.patches(),
                        plan.rings(),
                        plan.strategy(),
                        plan.window(),
                        plan.preChecks(),
                        plan.postChecks(),
                        plan.backup(),
                        plan.backOut(),
                        plan.communication(),
                        plan.reason(),
                        plan.securityImpact(),
                        plan.reboot(),
                        new Plan.RiskBasis("high", due.toString(), plan.risk().receipts())),
                Actor.person(governed.planner));
        due(due);
        assertThat(approvals.checkDrift(governed.change)).isFalse();
        due(due.plus(Duration.ofDays(1)));
        assertThat(approvals.checkDrift(governed.change)).isFalse();
        due(due.minus(Duration.ofDays(1)));
        assertThat(approvals.checkDrift(governed.change)).isTrue();
    }

    private void due(Instant due) {
        jdbc.sql("update change_record set due_at = ? where id = ?")
                .params(java.sql.Timestamp.from(due), governed.change.value())
                .update();
    }
}
