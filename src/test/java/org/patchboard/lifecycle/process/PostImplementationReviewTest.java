package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Date;
import java.util.Map;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.lifecycle.model.PostImplementationReview;
import org.patchboard.rollout.Estate;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class PostImplementationReviewTest {

    @Autowired
    ApplicationContext context;

    @Autowired
    RuntimeService runtime;

    @Autowired
    TestPeople people;

    @Autowired
    JdbcClient jdbc;

    private ChangeId change;
    private ProcessWalk walk;

    private void start(String facts) {
        var estate = new Estate(context, people.someone("asset-owner"), "simulator", "simulator")
                .ring(1, "broad", Duration.ZERO, 100, "a");
        change = estate.change(people.someone("patch-coordinator"));
        jdbc.sql("update change_record set state = 'verifying', " + facts + " where id = ?")
                .param(change.value())
                .update();
        walk = new ProcessWalk(context, change);
        runtime.startProcessInstanceByKey(PostImplementationReview.KEY, change.value());
        walk.jobs();
    }

    private String reasons() {
        return jdbc.sql("select content from audit_entry where change_id = ? and action = 'review-judged'")
                .param(change.value())
                .query(String.class)
                .single();
    }

    @Test
    void isMandatoryForAnEmergency() {
        start("class = 'emergency'");
        assertThat(walk.summary(PostImplementationReview.REVIEW_CHANGE)).contains("it was an emergency");
        var manager = people.someone("change-manager");
        assertThatThrownBy(() ->
                        walk.doneBy(PostImplementationReview.REVIEW_CHANGE, manager, Map.of("verdict", "lessons")))
                .hasMessageContaining("root cause");
        walk.doneBy(
                PostImplementationReview.REVIEW_CHANGE,
                manager,
                Map.of("verdict", "lessons", "rootCause", "no canary", "actions", "add one by May"));
        walk.ends();
        assertThat(jdbc.sql("select text from statement where change_id = ? and kind = 'review'")
                        .param(change.value())
                        .query(String.class)
                        .single())
                .contains("no canary", "add one by May");
    }

    @Test
    void whetherItIsNeededIsDecidedByATableWithAReceipt() {
        start("class = 'emergency', due_at = '2020-01-01T00:00Z'");
        assertThat(jdbc.sql("""
                        select r.inputs ->> 'late', r.outputs::text, r.rules::text from receipt r
                         where r.change_id = ? and r.decision = 'review-need'""")
                        .param(change.value())
                        .query((row, number) -> row.getString(1) + row.getString(2) + row.getString(3))
                        .single())
                .contains("true", "needed", "An emergency");
    }

    @Test
    void isMandatoryWhenTheDeadlineWasMissed() {
        start("due_at = '2020-01-01T00:00Z'");
        assertThat(reasons()).contains("its deadline was missed");
        assertThat(walk.hasTask(PostImplementationReview.REVIEW_CHANGE)).isTrue();
    }

    @Test
    void isMandatoryWhenARingWasTakenBack() {
        var estate = new Estate(context, people.someone("asset-owner"), "simulator", "simulator")
                .ring(1, "broad", Duration.ZERO, 100, "a-broken");
        change = estate.change(people.someone("patch-coordinator"));
        estate.gate(change, 1, true);
        context.getBean(org.patchboard.lifecycle.engine.Rollouts.class).orderRing(change, 1);
        walk = new ProcessWalk(context, change).hosts();
        runtime.startProcessInstanceByKey(PostImplementationReview.KEY, change.value());
        walk.jobs();
        assertThat(reasons()).contains("a ring was halted");
    }

    @Test
    void isLeftOutForMostChangesThatWentWell() {
        var without = 0;
        for (var i = 0; i < 6; i++) {
            start("due_at = null");
            if (walk.isOver()) {
                without++;
                assertThat(reasons()).isEqualTo("{\"reasons\":[]}");
            } else {
                assertThat(reasons()).contains("drawn");
            }
        }
        assertThat(without).isPositive();
    }

    @Test
    void remindsChangeManagersWhenItIsOverdue() {
        people.someone("change-manager");
        start("class = 'emergency'");
        var task = walk.task(PostImplementationReview.REVIEW_CHANGE);
        assertThat(task.getDueDate())
                .isAfterOrEqualTo(new Date(task.getCreateTime().getTime() + 5 * 86_400_000L));
        walk.timer("BoundaryEvent_ReviewOverdue");
        assertThat(jdbc.sql("select count(*) from outbox where change_id = ? and template = 'escalation'")
                        .param(change.value())
                        .query(Long.class)
                        .single())
                .isPositive();
        assertThat(walk.hasTask(PostImplementationReview.REVIEW_CHANGE)).isTrue();
    }
}
