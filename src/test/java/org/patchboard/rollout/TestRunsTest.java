package org.patchboard.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.lifecycle.engine.Rollouts;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@PatchboardTest
class TestRunsTest {

    @Autowired
    ApplicationContext context;

    @Autowired
    TestPeople people;

    @Autowired
    Rollouts rollouts;

    @Autowired
    TestRuns tests;

    @Autowired
    Rings rings;

    private ChangeId tested(Estate estate) {
        var change = estate.change(people.someone("patch-coordinator"));
        rollouts.orderTest(change);
        new HostWorkByHand(context).runAll(change);
        return change;
    }

    private Estate estate(String deployer) {
        return new Estate(context, people.someone("asset-owner"), deployer, "simulator");
    }

    @Test
    void triesTheCanaryDryAndInstallsInTheLab() {
        var estate = estate("simulator")
                .ring(0, "lab", Duration.ZERO, 100, "lab")
                .ring(1, "canary", Duration.ZERO, 100, "canary")
                .ring(2, "broad", Duration.ZERO, 100, "rest");
        var change = tested(estate);
        var run = tests.latest(change, 1).orElseThrow();
        assertThat(run.state()).isEqualTo("passed");
        assertThat(run.hosts()).hasSize(2);
        assertThat(run.log()).contains("SIMULATOR");
        assertThat(rings.find(change, 1, 0).orElseThrow().state()).isEqualTo("passed");
        assertThat(rings.hosts(change, 1, 1).get(0).state()).isEqualTo("planned");
    }

    @Test
    void failsWhenTheLabFails() {
        var change = tested(estate("simulator")
                .ring(0, "lab", Duration.ZERO, 100, "lab-broken")
                .ring(1, "canary", Duration.ZERO, 100, "canary"));
        var run = tests.latest(change, 1).orElseThrow();
        assertThat(run.state()).isEqualTo("failed");
        assertThat(run.summary()).contains("0 of 1");
    }

    @Test
    void failsWhenACanaryCannotBeReached() {
        var change = tested(estate("simulator").ring(1, "canary", Duration.ZERO, 100, "canary-unreachable"));
        assertThat(tests.latest(change, 1).orElseThrow().state()).isEqualTo("failed");
    }

    @Test
    void canBeRepeated() {
        var change = tested(estate("simulator")
                .ring(0, "lab", Duration.ZERO, 100, "lab")
                .ring(1, "canary", Duration.ZERO, 100, "canary"));
        rollouts.orderTest(change);
        rollouts.orderTest(change);
        assertThat(tests.latest(change, 1).orElseThrow().state()).isEqualTo("running");
        new HostWorkByHand(context).runAll(change);
        var run = tests.latest(change, 1).orElseThrow();
        assertThat(run.number()).isEqualTo(2);
        assertThat(run.state()).isEqualTo("passed");
        assertThat(run.hosts()).hasSize(2);
    }

    @Test
    void leavesTheLabToPersonsWhenTheyDeploy() {
        var change = tested(estate("manual")
                .ring(0, "lab", Duration.ZERO, 100, "lab")
                .ring(1, "canary", Duration.ZERO, 100, "canary"));
        assertThat(tests.latest(change, 1).orElseThrow().state()).isEqualTo("passed");
        assertThat(rings.hosts(change, 1, 0).get(0).state()).isEqualTo("planned");
    }
}
