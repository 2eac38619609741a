package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.camunda.bpm.engine.FilterService;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.change.Changes;
import org.patchboard.lifecycle.engine.Approvals;
import org.patchboard.lifecycle.engine.OpenChanges;
import org.patchboard.lifecycle.model.AssessChange;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.lifecycle.model.PrepareChange;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** The real main process with the real processes it calls, from a scan's finding to the board's vote. */
@PatchboardTest
class FromFindingToBoardTest {

    @Autowired
    ApplicationContext context;

    @Autowired
    OpenChanges rule;

    @Autowired
    Changes changes;

    @Autowired
    Approvals approvals;

    @Autowired
    TestPeople people;

    private Scene scene;
    private ChangeId change;
    private ProcessWalk walk;

    @BeforeEach
    void walkToTheBoard() {
        people.someone("cab");
        people.someone("security-representative");
        people.someone("change-manager");
        scene = new Scene(context).affected("web1", "web2").affectedLab("lab1").window();
        rule.open();
        change = changes.openFor(scene.advisory(), scene.group).orElseThrow();
        walk = new ProcessWalk(context, change).jobs();
        walk.done(
                AssessChange.TRIAGE, "vulnerability-analyst", Map.of("disposition", "patch", "reason", "It is used."));
        walk.done(PrepareChange.PLAN, "patch-coordinator", Scene.plan());
        var accepted = Map.<String, Object>of("verdict", "acceptable", "impact", "Two minutes.");
        walk.done(PrepareChange.BUSINESS_IMPACT, "asset-owner", accepted);
        walk.done(PrepareChange.SECURITY_IMPACT, "security-representative", accepted);
        walk.everything();
        walk.done(
                PrepareChange.SIGN_OFF_TEST,
                "tester",
                Map.of("verdict", "pass", "effectiveness", "Version seen.", "sideEffects", "None."));
        if (walk.hasTask(PrepareChange.WAIVE_CONFLICTS)) {
            walk.done(PrepareChange.WAIVE_CONFLICTS, "change-manager", Map.of("reason", "Agreed."));
        }
    }

    @Test
    void theBoardIsAsked() {
        assertThat(scene.stateOf(change)).isEqualTo("authorizing");
        assertThat(walk.hasTask(ChangeAuthorization.VOTE)).isTrue();
    }

    @Test
    void theListOfTasksSaysWhichChangeIsVotedOn() {
        var tasks = context.getBean(TaskService.class);
        assertThat(tasks.createTaskQuery()
                        .processInstanceBusinessKey(change.value())
                        .taskDefinitionKey(ChangeAuthorization.VOTE)
                        .list())
                .allSatisfy(vote -> assertThat(tasks.getVariableLocal(vote.getId(), "change"))
                        .asString()
                        .startsWith(change.value() + " Update " + scene.software));
        assertThat(context.getBean(FilterService.class)
                        .createFilterQuery()
                        .filterName("CAB votes")
                        .singleResult()
                        .getProperties()
                        .get("variables"))
                .asString()
                .contains("name=change");
    }

    @Test
    void theChangeIsPlannedAgainWhenAHostComesUpDuringTheVote() {
        scene.affected("web3");
        assertThat(approvals.checkDrift(change)).isTrue();
        walk.jobs();
        assertThat(walk.hasTask(ChangeAuthorization.VOTE)).isFalse();
        assertThat(walk.hasTask(PrepareChange.PLAN)).isTrue();
        assertThat(scene.stateOf(change)).isEqualTo("planning");
    }
}
