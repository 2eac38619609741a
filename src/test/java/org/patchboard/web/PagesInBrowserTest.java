package org.patchboard.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.camunda.bpm.engine.FormService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.patchboard.PatchboardTest;
import org.patchboard.TestPeople;
import org.patchboard.audit.Seals;
import org.patchboard.exception.NewExceptionRequest;
import org.patchboard.exception.RiskExceptions;
import org.patchboard.identity.Directory;
import org.patchboard.lifecycle.engine.ExceptionProcesses;
import org.patchboard.lifecycle.engine.PolicyProcesses;
import org.patchboard.lifecycle.model.ChangeAuthorization;
import org.patchboard.lifecycle.process.Governed;
import org.patchboard.lifecycle.process.ProcessWalk;
import org.patchboard.lifecycle.process.Scene;
import org.patchboard.lifecycle.process.Tables;
import org.patchboard.risk.ProposalId;
import org.patchboard.shared.Actor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Every page as people have it before them: on a desk and on a phone, light and dark, by mouse and by keyboard. */
@PatchboardTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesInBrowserTest {

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
    FormService forms;

    @Autowired
    Directory directory;

    @Autowired
    RiskExceptions exceptions;

    @Autowired
    PolicyProcesses policies;

    @Autowired
    Seals seals;

    @Autowired
    JdbcClient jdbc;

    private Browser browser;
    private Governed governed;
    private Scene scene;
    private String reader;
    private String keeper;
    private String manager;
    private Governed emergency;
    private long request;
    private String auditor;
    private String author;
    private ProposalId proposal;
    private Tables tables;

    @BeforeAll
    void furnish() {
        Browser.assumeAvailable();
        reader = people.someoneWithPassword("on-call", "patch-coordinator", "cab");
        keeper = people.someoneWithPassword("camunda-admin");
        auditor = people.someoneWithPassword("auditor");
        scene = new Scene(context).affected("web1", "web2").knownExploited();
        governed = new Governed(context).classified("testing", "normal", "high");
        governed.window("2026-01-01T22:00", "PT4H", "FREQ=DAILY");
        governed.freeze("2026-06-01T00:00", "P365D", "emergency");
        var change = governed.change;
        runtime.startProcessInstanceByKey(ChangeAuthorization.KEY, change.value());
        new ProcessWalk(context, change).jobs();
        var vote = tasks.createTaskQuery()
                .processInstanceBusinessKey(change.value())
                .taskAssignee(reader)
                .singleResult();
        people.as(
                reader,
                () -> forms.submitTaskForm(
                        vote.getId(),
                        Map.of(
                                "decision", "approve",
                                "comment", "read it",
                                "shownDigest", governed.plan().digest())));
        exceptions.accept(
                change,
                null,
                "risk-acceptance",
                "vendor has no build",
                "segmented",
                "carl",
                Instant.now().plus(Duration.ofDays(5)),
                Actor.person("rita"));
        seals.seal(change);
        jdbc.sql("""
                        insert into outbox (id, change_id, template, recipient, recipient_name, recipient_mail, subject,
                                            text_body, html_body, state, attempts, last_error, dedupe_key, created_at)
                        values (?, ?, 'outcome', ?, 'Reader', 'reader@example.test', 'Vote wanted', 'Please vote.',
                                '<p>Please vote.</p>', 'dead', 12, '550 no such mailbox', ?, now())""")
                .params(UUID.randomUUID(), change.value(), reader, "browser-" + UUID.randomUUID())
                .update();
        directory.substitute(
                auditor,
                people.someone("tester"),
                Instant.now(),
                Instant.now().plus(Duration.ofDays(2)),
                Actor.person(keeper));
        furnishWhatGoverns();
        browser = new Browser("http://localhost:" + port);
        tables = new Tables(context);
        author = people.someoneWithPassword("policy-author");
        proposal = policies.propose(
                "priority",
                tables.draft("priority", "Exploited in the wild, internal only", "Exploited in the wild, not public"),
                "Clearer words.",
                "re-evaluate",
                Actor.person(author));
        new ProcessWalk(context, proposal).jobs();
    }

    /** An emergency that its board has not decided, a request for an exception, a licence, a substitution that waits. */
    private void furnishWhatGoverns() {
        manager = people.someoneWithPassword("change-manager");
        emergency =
                new Governed(context).classified("testing", "emergency", "high").signedOff("pass");
        people.someone("ecab");
        runtime.startProcessInstanceByKey(ChangeAuthorization.KEY, emergency.change.value());
        var walk = new ProcessWalk(context, emergency.change);
        walk.jobs();
        walk.timer("BoundaryEvent_DeadlinePassed");
        request = context.getBean(ExceptionProcesses.class)
                .ask(
                        new NewExceptionRequest(
                                governed.change,
                                List.of(),
                                "mitigation",
                                "no build of the vendor yet",
                                "cut off from the network",
                                "",
                                "with the next release",
                                Instant.now().plus(Duration.ofDays(5)),
                                Instant.now().plus(Duration.ofDays(2)),
                                null),
                        Actor.person(people.someone("asset-owner")));
        jdbc.sql("""
                        insert into licence (maintenance_group, advisory, model_change, uses, until_at, state, proposed_by,
                                             proposed_at)
                        select maintenance_group, advisory, id, 5, now() + interval '90 days', 'proposed', 'carl', now()
                          from change_record where id = ?""").param(governed.change.value()).update();
        var absent = people.someone("cab");
        directory.substitute(
                absent,
                people.someone("tester"),
                Instant.now(),
                Instant.now().plus(Duration.ofDays(2)),
                Actor.person(absent));
    }

    @BeforeEach
    void onADesk() {
        browser.desktop().dark(false);
    }

    @AfterAll
    void close() {
        if (tables != null) {
            tables.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void everyPageIsReadableEverywhere() {
        var asset = jdbc.sql("select id from asset where name = ?")
                .param(scene.name("web1"))
                .query(Long.class)
                .single();
        browser.signIn(reader, TestPeople.PASSWORD);
        look(
                "/",
                "/changes",
                "/changes/new",
                "/changes/" + governed.change,
                "/calendar",
                "/findings",
                "/assets",
                "/assets/" + asset,
                "/vulnerabilities/" + scene.cve,
                "/exceptions",
                "/exceptions?open=false",
                "/exceptions/new",
                "/exceptions/new?change=" + governed.change,
                "/exceptions/" + request,
                "/changes/" + emergency.change,
                "/licences",
                "/kill-switch",
                "/policies",
                "/policies/proposals/" + proposal,
                "/reports",
                "/notifications",
                "/people/me");
    }

    @Test
    void whatAdministratorsAndAuditorsReadIsReadableToo() {
        browser.signIn(keeper, TestPeople.PASSWORD);
        look("/people", "/people/" + reader, "/notifications?state=dead");
        browser.signIn(auditor, TestPeople.PASSWORD);
        look("/audit", "/people");
        browser.signIn(manager, TestPeople.PASSWORD);
        look("/substitutions", "/kill-switch", "/calendar", "/calendar/windows/new", "/calendar/freezes/new");
    }

    @Test
    void whereAuthorsProposePoliciesIsReadableToo() {
        browser.signIn(author, TestPeople.PASSWORD);
        look("/policies", "/policies/proposals/" + proposal);
    }

    @Test
    void theDoorIsReadableAndSoIsAClosedOne() {
        browser.driver().manage().deleteAllCookies();
        look("/login", "/login?error", "/login?locked");
        browser.signIn(reader, TestPeople.PASSWORD);
        for (var path : List.of("/audit", "/people", "/nowhere", "/changes/CHG-999999")) {
            browser.open(path);
            browser.consoleErrors(); // the browser reports the status itself as an error, which is what is wanted here
            assertThat(browser.axe()).as(path).isEmpty();
            assertThat(browser.driver().findElements(By.tagName("h1"))).as(path).hasSize(1);
            assertThat(browser.text()).as(path).contains("To the overview");
        }
        browser.open("/audit");
        assertThat(browser.text()).contains("Only auditors read the trail");
        browser.consoleErrors();
    }

    @Test
    void aKeyboardIsEnough() {
        browser.signIn(reader, TestPeople.PASSWORD).open("/changes");
        press(Keys.TAB);
        assertThat(focused()).isEqualTo("Skip to content");
        press(Keys.ENTER);
        assertThat(browser.script("return document.activeElement.id")).isEqualTo("main");
        var unseen = new ArrayList<String>();
        for (int i = 0; i < 15; i++) {
            press(Keys.TAB);
            if (Boolean.FALSE.equals(browser.script("""
                    const e = document.activeElement, s = getComputedStyle(e);
                    return e === document.body || s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0
                      || s.boxShadow !== 'none';"""))) {
                unseen.add(focused());
            }
        }
        assertThat(unseen).as("focused without being seen").isEmpty();
    }

    @Test
    void somebodyOnAPhoneReachesEveryPageThroughTheMenu() {
        browser.phone().signIn(reader, TestPeople.PASSWORD);
        var calendar = browser.find("nav a[href='/calendar']");
        assertThat(calendar.isDisplayed()).isFalse();
        browser.find(".navbar-toggler").click();
        browser.await(() -> !browser.has(".collapsing") && calendar.isDisplayed());
        calendar.click();
        browser.await(() -> browser.title().startsWith("Calendar"));
    }

    @Test
    void anAdministratorAddsAPersonWhoThenTakesAPasswordOfTheirOwn() {
        var login = "new-" + UUID.randomUUID().toString().substring(0, 8);
        browser.signIn(keeper, TestPeople.PASSWORD).open("/people");
        browser.find("#login").sendKeys(login);
        browser.find("#name").sendKeys("Nora New");
        browser.find("#mail").sendKeys(login + "@example.test");
        browser.find("#zone").sendKeys("Europe/Berlin");
        browser.driver()
                .findElement(By.xpath("//button[contains(., 'one-time password')]"))
                .click();
        var note = browser.find(".alert-success").getText();
        var password = note.replaceFirst(".*the password (\\S+) and then.*", "$1");
        assertThat(browser.title()).startsWith("Nora New");

        browser.signIn(login, password);
        assertThat(browser.driver().getCurrentUrl()).contains("/people/me/password");
        browser.find("#old").sendKeys(password);
        browser.find("#wanted").sendKeys("A-Quiet-9-Meadow-Path");
        browser.driver().findElement(By.xpath("//button[.='Change']")).click();
        assertThat(browser.find(".alert").getText()).contains("is changed");
        browser.open("/");
        assertThat(browser.title()).startsWith("Overview");
    }

    private void look(String... paths) {
        var soft = new SoftAssertions();
        for (var path : paths) {
            for (var dark : new boolean[] {false, true}) {
                browser.desktop().dark(dark).open(path);
                soft.assertThat(browser.title()).as(path).endsWith("Patchboard").isNotEqualTo("Patchboard");
                soft.assertThat(browser.driver().findElements(By.tagName("h1")))
                        .as(path + " has one heading")
                        .hasSize(1);
                judge(soft, path + (dark ? " dark" : " light") + " on a desk");
                browser.phone();
                judge(soft, path + (dark ? " dark" : " light") + " on a phone");
            }
        }
        soft.assertAll();
    }

    private void judge(SoftAssertions soft, String where) {
        soft.assertThat(browser.axe()).as(where).isEmpty();
        soft.assertThat(browser.consoleErrors()).as(where).isEmpty();
        soft.assertThat(browser.scrollsSideways())
                .as(where + " scrolls sideways")
                .isFalse();
    }

    private void press(Keys key) {
        browser.driver().switchTo().activeElement().sendKeys(key);
    }

    private String focused() {
        return String.valueOf(
                browser.script(
                        "const e = document.activeElement; return (e.innerText || e.getAttribute('aria-label') || e.outerHTML.slice(0, 80)).trim()"));
    }
}
