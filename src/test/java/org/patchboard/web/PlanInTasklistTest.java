package org.patchboard.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.change.Plans;
import org.patchboard.lifecycle.model.PrepareChange;
import org.patchboard.lifecycle.process.ProcessWalk;
import org.patchboard.lifecycle.process.Scene;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;

/** The longest form of all, written by a coordinator in Tasklist: what is usual stands in it already. */
@PatchboardTest
class PlanInTasklistTest {

    @LocalServerPort
    int port;

    @Autowired
    ApplicationContext context;

    @Autowired
    TestPeople people;

    @Autowired
    RuntimeService runtime;

    @Autowired
    Plans plans;

    @BeforeAll
    static void needsABrowser() {
        Browser.assumeAvailable();
    }

    @Test
    void aPlanIsRefusedUntilItIsCompleteAndComesBackAsItWasWritten() {
        var scene = new Scene(context).affected("web1", "web2").affectedLab("lab1");
        var change = scene.record();
        var walk = new ProcessWalk(context, change);
        runtime.startProcessInstanceByKey(PrepareChange.KEY, change.value());
        walk.jobs();
        var carl = people.someoneWithPassword("patch-coordinator");
        try (var browser = new Browser("http://localhost:" + port)) {
            browser.signIn(carl, TestPeople.PASSWORD)
                    .openTask(walk.task(PrepareChange.PLAN).getId())
                    .claim();
            assertThat(browser.written("Watch a ring")).isEqualTo("30");
            assertThat(browser.text()).contains(scene.name("web1"), "To the board");
            browser.choose("Canary: a few hosts, then the rest").choose("If the package asks for it");
            for (var label :
                    List.of("Security impact", "Checks before", "Checks after", "Backup", "Way back", "Who is told")) {
                browser.write(label, "the " + label);
            }
            assertThat(browser.complete()).contains("Give the reason for the change.");
            assertThat(plans.current(change)).isEmpty();
            assertThat(browser.write("Reason", "it is exploited").complete()).isEmpty();
            assertThat(plans.current(change)).isPresent();

            walk.jobs();
            var more = Map.<String, Object>of("verdict", "need-more", "impact", "Which users?");
            var accepted = Map.<String, Object>of("verdict", "acceptable", "impact", "none");
            walk.done(PrepareChange.BUSINESS_IMPACT, "asset-owner", more);
            walk.done(PrepareChange.SECURITY_IMPACT, "security-representative", accepted);
            browser.openTask(walk.task(PrepareChange.PLAN).getId()).claim();
            assertThat(browser.text()).contains("Which users?");
            assertThat(browser.written("Way back")).isEqualTo("the Way back");
        }
    }
}
