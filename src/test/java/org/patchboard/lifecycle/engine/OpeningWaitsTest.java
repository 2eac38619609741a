package org.patchboard.lifecycle.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.change.Changes;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.risk.DecisionEngine;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Scanners report host by host; a change is opened once, with all of them. */
@PatchboardTest
class OpeningWaitsTest {

    private static final Duration QUIET = Duration.ofMinutes(1);

    @Autowired
    ApplicationContext context;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    ChangeProcesses processes;

    @Autowired
    Approvals approvals;

    @Autowired
    DecisionEngine tables;

    @Autowired
    Changes changes;

    @Autowired
    TestClock clock;

    private OpenChanges rule;
    private Scene scene;

    @BeforeEach
    void setTheScene() {
        clock.set(clock.instant());
        rule = new OpenChanges(jdbc, processes, approvals, tables, clock, QUIET);
        scene = new Scene(context);
    }

    private boolean isOpened() {
        rule.open();
        return changes.openFor(scene.advisory(), scene.group).isPresent();
    }

    @Test
    void waitsUntilNoFurtherHostIsReported() {
        scene.affected("web1");
        assertThat(isOpened()).isFalse();
        clock.forward(Duration.ofSeconds(50));
        scene.affected("web2");
        clock.forward(Duration.ofSeconds(50));
        assertThat(isOpened()).as("the second host came fifty seconds ago").isFalse();
        clock.forward(Duration.ofSeconds(10));
        assertThat(isOpened()).isTrue();
        var change = changes.openFor(scene.advisory(), scene.group).orElseThrow();
        assertThat(jdbc.sql("select count(*) from change_asset where change_id = ?")
                        .param(change.value())
                        .query(Integer.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void doesNotWaitForEverWhenReportsNeverEnd() {
        for (int host = 0; host <= 10; host++) {
            assertThat(isOpened()).as("with %d hosts", host).isFalse();
            scene.affected("web" + host);
            clock.forward(QUIET.minusSeconds(1));
        }
        clock.forward(Duration.ofSeconds(10));
        scene.affected("web11");
        assertThat(isOpened()).isTrue();
    }
}
