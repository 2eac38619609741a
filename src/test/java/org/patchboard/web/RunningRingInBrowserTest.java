package org.patchboard.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.TestPeople;
import org.patchboard.lifecycle.engine.RolloutPlans;
import org.patchboard.lifecycle.model.RingDeployment;
import org.patchboard.lifecycle.process.ProcessWalk;
import org.patchboard.rollout.Estate;
import org.patchboard.rollout.RingHost;
import org.patchboard.rollout.Rings;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Those on call, on the page of a change whose ring is under way. */
@PatchboardTest
class RunningRingInBrowserTest {

    @LocalServerPort
    int port;

    @Autowired
    ApplicationContext context;

    @Autowired
    TestPeople people;

    @Autowired
    TestClock clock;

    @Autowired
    RuntimeService runtime;

    @Autowired
    Rings rings;

    @Autowired
    JdbcClient jdbc;

    private Estate estate;
    private ChangeId change;
    private ProcessWalk walk;
    private String instance;

    @BeforeAll
    static void needsABrowser() {
        Browser.assumeAvailable();
    }

    /** A ring whose hosts are ordered and not yet worked on. */
    private void start() {
        estate = new Estate(context, people.someone("asset-owner"), "simulator", "simulator")
                .ring(1, "canary", Duration.ofHours(1), 100, "a", "b");
        change = estate.change(people.someone("patch-coordinator"));
        estate.gate(change, 1, true);
        walk = new ProcessWalk(context, change);
        context.getBean(RolloutPlans.class).cut(change);
        instance = runtime.createProcessInstanceByKey(RingDeployment.KEY)
                .businessKey(change.value())
                .setVariable(RingDeployment.RING.name(), 1)
                .setVariable(RingDeployment.GATE_OPEN.name(), true)
                .startBeforeActivity("Gateway_GateOpen")
                .execute()
                .getId();
        walk.jobs();
    }

    private Browser onCall() {
        return new Browser("http://localhost:" + port)
                .signIn(people.someoneWithPassword("on-call"), TestPeople.PASSWORD)
                .open("/changes/" + change);
    }

    private void press(Browser browser, String button, String reason) {
        browser.find("#reason").sendKeys(reason);
        browser.driver()
                .findElement(By.xpath("//button[normalize-space()='" + button + "']"))
                .click();
        browser.await(() -> browser.has(".alert-success, .alert-danger"));
    }

    private List<String> states() {
        return rings.hosts(change, 1, 1).stream()
                .map(RingHost::state)
                .distinct()
                .toList();
    }

    private String ring() {
        return rings.find(change, 1, 1).orElseThrow().state();
    }

    @Test
    void isHaltedLetGoOnHaltedAgainAndTakenBack() {
        start();
        try (var browser = onCall()) {
            press(browser, "Halt the roll-out", "the shop is slow");
            assertThat(browser.text()).contains("The roll-out is halted; those on call decide");
            walk.everything();
            assertThat(states()).as("no host was started").containsExactly("planned");

            browser.open("/changes/" + change);
            press(browser, "Let it go on", "the shop is fast again");
            assertThat(browser.text()).contains("The gate is asked");
            theGateOpens();
            walk.everything();
            assertThat(states()).containsExactly("installed");
            assertThat(ring()).isEqualTo("soaking");

            browser.open("/changes/" + change);
            assertThat(browser.text()).contains("What the deployer said: 1 log");
            press(browser, "Halt the roll-out", "users complain");
            walk.jobs();
            browser.open("/changes/" + change);
            press(browser, "Roll back", "users complain");
            assertThat(browser.text()).contains("The ring is being taken back");
            walk.everything();
            assertThat(ring()).isEqualTo("backed-out");
            browser.open("/changes/" + change);
            assertThat(browser.text()).contains("backed-out");
            assertThat(browser.has("button[formaction$='/roll-back']"))
                    .as("nothing is halted any more")
                    .isFalse();
            assertThat(browser.axe()).isEmpty();
            assertThat(browser.consoleErrors()).isEmpty();
        }
    }

    /** The gate itself is another test's; here it lets the ring pass. */
    private void theGateOpens() {
        walk.job(RingDeployment.DECIDE_HALTED_RING);
        estate.gate(change, 1, true);
        runtime.createProcessInstanceModification(instance)
                .cancelAllForActivity("ServiceTask_CheckGate")
                .startBeforeActivity("CallActivity_RingWork")
                .execute();
    }

    @Test
    void refusesAnEmptyReasonWithASentence() {
        start();
        try (var browser = onCall()) {
            browser.script("document.getElementById('reason').removeAttribute('required')");
            press(browser, "Halt the roll-out", " ");
            assertThat(browser.text()).contains("Say why the roll-out is halted.");
            assertThat(ring()).isEqualTo("running");
        }
    }

    @Test
    void showsAFailedDeployerASlowOneAndOneThatIsTriedAgainEachWithWhatToDo() {
        start();
        jdbc.sql("update host_order set deployer = 'a-deployer-that-is-gone' where change_id = ?")
                .param(change.value())
                .update();
        walk.everything();
        try (var browser = onCall()) {
            assertThat(browser.text())
                    .contains(
                            "The deployer a-deployer-that-is-gone failed (ring 1)",
                            "there is no deployer called a-deployer-that-is-gone",
                            "try again once the cause is gone, leave hosts out, or roll back");
            assertThat(browser.axe()).isEmpty();
        }
        start();
        clock.forward(Duration.ofMinutes(61));
        jdbc.sql("update host_order set state = 'ordered', tries = 2, fault = ? where change_id = ?")
                .params("connection refused", change.value())
                .update();
        try (var browser = onCall()) {
            assertThat(browser.text())
                    .contains(
                            "The deployer simulator does not work (ring 1): connection refused",
                            "it is tried again by itself",
                            "Ring 1 canary 1 takes longer than it may",
                            "wait, or halt the roll-out here");
            assertThat(browser.axe()).isEmpty();
        }
    }

    @Test
    void showsWhatTheDeployerSaidAsPlainText() {
        start();
        walk.everything();
        var log = jdbc.sql("select id from host_order where change_id = ?")
                .param(change.value())
                .query(UUID.class)
                .single();
        try (var browser = onCall()) {
            browser.find("a[href='/changes/%s/logs/%s']".formatted(change, log));
            browser.open("/changes/%s/logs/%s".formatted(change, log));
            assertThat(browser.text())
                    .startsWith("SIMULATOR: no real host was touched")
                    .contains(estate.name("a"));
            assertThat(browser.script("return document.contentType")).isEqualTo("text/plain");
        }
    }
}
