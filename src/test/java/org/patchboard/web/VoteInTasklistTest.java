package org.patchboard.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.util.Map;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.approval.Ballots;
import org.patchboard.approval.Vote;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.lifecycle.process.Governed;
import org.patchboard.lifecycle.process.ProcessWalk;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The board at work: what a person does with the vote's form in Tasklist, in a real browser. */
@PatchboardTest
class VoteInTasklistTest {

    /** What a stranger would write where text is shown (AngularJS and HTML). */
    private static final String SCRIPT =
            "{{constructor.constructor('window.pwned=1')()}}<img src=x onerror=\"window.pwned=2\">";

    @LocalServerPort
    int port;

    @Autowired
    ApplicationContext context;

    @Autowired
    TestPeople people;

    @Autowired
    RuntimeService runtime;

    @Autowired
    TaskService tasks;

    @Autowired
    Ballots ballots;

    @Autowired
    JdbcClient jdbc;

    @BeforeAll
    static void needsABrowser() {
        Browser.assumeAvailable();
    }

    @Test
    void twoVoteAndWhoEditedThePlanIsRefusedAndReadsWhy() {
        var security = people.someoneWithPassword("cab", "security-representative");
        var member = people.someoneWithPassword("cab");
        var planner = people.someoneWithPassword("cab");
        var governed = new Governed(context).classified("testing", "normal", "high");
        var change = governed.change;
        var instance = runtime.startProcessInstanceByKey(ChangeAuthorization.KEY, change.value())
                .getId();
        jdbc.sql("update change_record set title = ? where id = ?")
                .params("Update openssl " + SCRIPT, change.value())
                .update();
        new ProcessWalk(context, change).jobs();

        try (var browser = new Browser("http://localhost:" + port)) {
            browser.signIn(security, TestPeople.PASSWORD).openTask(taskOf(instance, security));
            browser.screenshot(Path.of("target/pictures/vote.png"));
            assertThat(browser.text())
                    .contains(change.value(), governed.plan().digest().substring(0, 12), "security-representative");
            assertThat(browser.text()).as("words, not their keys").doesNotContain("CREATION_DATE");
            assertThat(browser.text()).as("shown, not run").contains(SCRIPT);
            assertThat(browser.choose("Approve")
                            .write("Comment", "read it " + SCRIPT)
                            .complete())
                    .isEmpty();

            browser.driver().executeCdpCommand("Emulation.setTimezoneOverride", Map.of("timezoneId", "Asia/Tokyo"));
            browser.signIn(member, TestPeople.PASSWORD).openTask(taskOf(instance, member));
            assertThat(browser.text()).contains("read it");
            assertThat(browser.await(() -> browser.text().contains("GMT+9 (")))
                    .as("moments in the reader's own time, with UTC beside")
                    .isTrue();
            assertThat(browser.text())
                    .doesNotContain("GMT+9 (GMT")
                    .containsPattern("GMT\\+9 \\([-0-9]+ [:0-9]+ UTC\\)");
            assertThat(browser.choose("Reject").complete()).contains("Say why");
            assertThat(browser.write("Comment", "not on a Friday").complete()).isEmpty();

            governed.wish("2028-01-01T00:00:00Z", planner);
            browser.signIn(planner, TestPeople.PASSWORD).openTask(taskOf(instance, planner));
            assertThat(browser.choose("Approve").complete()).contains("planned it");
            browser.screenshot(Path.of("target/pictures/vote-refused.png"));
            assertThat(browser.script("return window.pwned")).isNull();
        }
        assertThat(jdbc.sql("select content from audit_entry where actor = ? and action = 'attempt-refused'")
                        .param(planner)
                        .query(String.class)
                        .list())
                .singleElement()
                .asString()
                .contains("planned it", "webapp");
        assertThat(ballots.votes(change))
                .extracting(Vote::login, Vote::decision)
                .containsExactlyInAnyOrder(tuple(security, "approve"), tuple(member, "reject"));
    }

    private String taskOf(String instance, String login) {
        return tasks.createTaskQuery()
                .processInstanceId(instance)
                .taskAssignee(login)
                .singleResult()
                .getId();
    }
}
