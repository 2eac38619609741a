package org.patchboard.lifecycle.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.Job;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.patchboard.PatchboardTest;
import org.patchboard.TestClock;
import org.patchboard.advisory.Feeds;
import org.patchboard.change.Changes;
import org.patchboard.inventory.InventoryImports;
import org.patchboard.lifecycle.engine.Arrivals;
import org.patchboard.lifecycle.model.AssessChange;
import org.patchboard.lifecycle.model.DeadlineClock;
import org.patchboard.lifecycle.model.ForensicTriage;
import org.patchboard.risk.Receipts;
import org.patchboard.scanning.ScanImports;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

@PatchboardTest
class ArrivalsTest {

    private static final Actor ACTOR = Actor.system("test");

    @Autowired
    ApplicationContext context;

    @Autowired
    Arrivals arrivals;

    @Autowired
    Feeds feeds;

    @Autowired
    ScanImports scans;

    @Autowired
    InventoryImports inventory;

    @Autowired
    Changes changes;

    @Autowired
    Receipts receipts;

    @Autowired
    RuntimeService runtime;

    @Autowired
    ManagementService jobs;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    TestClock clock;

    private Scene scene;

    @BeforeEach
    void setTheScene() {
        scene = new Scene(context);
    }

    private static ByteArrayInputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What the durable task of the import that has just been made would do. */
    private void act(Arrivals.Kind kind, Instant at) {
        assertThat(jdbc.sql("select task_instance from scheduled_tasks where task_name = 'act-on-import'")
                        .query(String.class)
                        .list())
                .as("scheduled with the import")
                .contains(kind + " " + at);
        arrivals.act(kind, at);
    }

    private void listed() {
        var at = clock.instant();
        clock.set(at);
        feeds.importFile("kev", bytes("""
                {"count": 1000, "vulnerabilities": [{"cveID": "%s", "dateAdded": "%s"}]}""".formatted(scene.cve, at.toString().substring(0, 10))), ACTOR);
        act(Arrivals.Kind.FEED, at);
    }

    private ChangeId assessed(String exposure, boolean triaged) {
        scene.finding(scene.host("web1", "production", exposure), "medium", Scene.FIXED);
        var change = scene.record();
        var walk = new ProcessWalk(context, change);
        runtime.startProcessInstanceByKey(AssessChange.KEY, change.value());
        walk.jobs();
        if (triaged) {
            walk.done(
                    AssessChange.TRIAGE,
                    "vulnerability-analyst",
                    Map.of("disposition", "patch", "reason", "It is used."));
            changes.moveTo(change, org.patchboard.change.ChangeState.PLANNING, ACTOR);
        }
        return change;
    }

    private Instant timer(String process, ChangeId change) {
        var instance = runtime.createProcessInstanceQuery()
                .processDefinitionKey(process)
                .processInstanceBusinessKey(change.value())
                .singleResult();
        return jobs.createJobQuery().processInstanceId(instance.getId()).timers().list().stream()
                .map(Job::getDuedate)
                .map(java.util.Date::toInstant)
                .min(java.util.Comparator.naturalOrder())
                .orElseThrow();
    }

    private List<String> decisions(ChangeId change, String decision) {
        return receipts.of(change).stream()
                .filter(receipt -> receipt.decision().equals(decision))
                .map(receipt -> String.valueOf(receipt.outputs()))
                .toList();
    }

    @Test
    void aReportOpensTheChangeAtOnce() {
        scene.host("web1", "production", "internal");
        var at = clock.instant();
        clock.set(at);
        scans.importReport(
                "trivy",
                bytes("""
                {"SchemaVersion": 2, "Results": [{"Type": "debian", "Vulnerabilities": [{"VulnerabilityID": "%s", "PkgName": "%s",
                  "InstalledVersion": "%s", "FixedVersion": "%s", "Severity": "CRITICAL"}]}]}""".formatted(scene.cve, scene.software, Scene.OLD, Scene.FIXED)),
                scene.name("web1"),
                ACTOR);
        act(Arrivals.Kind.REPORT, at);
        assertThat(changes.openFor(scene.advisory(), scene.group)).isPresent();
    }

    @Test
    void anInventoryThatShowsTheFixSettlesTheFinding() {
        scene.affected("web1");
        clock.forward(Duration.ofHours(1));
        var at = clock.instant();
        clock.set(at);
        inventory.importFile(
                "csv",
                bytes("name,ecosystem,package,version\n%s,deb,%s,%s\n"
                        .formatted(scene.name("web1"), scene.software, Scene.FIXED)),
                null,
                ACTOR);
        act(Arrivals.Kind.INVENTORY, at);
        assertThat(changes.openFor(scene.advisory(), scene.group)).isEmpty();
        assertThat(jdbc.sql("select state from finding where package = ?")
                        .param(scene.software)
                        .query(String.class)
                        .single())
                .isEqualTo("closed");
    }

    @Test
    void aListingMakesAnOpenChangeMoreUrgentAndKeepsTheFormerReceipts() {
        var change = assessed("public", true);
        var before = changes.get(change);
        var notice = timer(DeadlineClock.KEY, change);
        clock.forward(Duration.ofMinutes(5));
        listed();
        var after = changes.get(change);
        assertThat(after.priority()).isEqualTo("critical").isNotEqualTo(before.priority());
        assertThat(after.due()).isBefore(before.due());
        assertThat(after.duePack()).isEqualTo("us-cisa-bod-26-04@1");
        assertThat(decisions(change, "priority")).hasSize(2);
        assertThat(receipts.of(change)).allMatch(receipt -> receipts.holds(change, receipt.id()));
        assertThat(timer(DeadlineClock.KEY, change)).isBefore(notice);
        assertThat(scene.deeds(change))
                .endsWith(
                        "priority-set",
                        "decision-made",
                        "decision-made",
                        "decision-made",
                        "deadline-set",
                        "deadline-infeasible");
        assertThat(after.forensicTriage()).isTrue();
        assertThat(runtime.createProcessInstanceQuery()
                        .processDefinitionKey(ForensicTriage.KEY)
                        .processInstanceBusinessKey(change.value())
                        .count())
                .isOne();
    }

    @Test
    void theTriageOfWhatIsListedMeanwhileIsDueInHours() {
        var change = assessed("public", false);
        clock.forward(Duration.ofMinutes(5));
        listed();
        assertThat(changes.get(change).due()).as("composed after the triage").isNull();
        assertThat(timer(AssessChange.KEY, change))
                .isBeforeOrEqualTo(changes.get(change).openedAt().plus(Duration.ofHours(4)));
    }

    @Test
    void whatIsSaidTwiceOrBecomesLessUrgentChangesNothing() {
        var change = assessed("public", true);
        clock.forward(Duration.ofMinutes(5));
        listed();
        var urgent = changes.get(change);
        var receipts = this.receipts.of(change).size();
        arrivals.act(Arrivals.Kind.FEED, clock.instant());
        jdbc.sql("update kev_entry set withdrawn_at = ?, changed_at = ? where cve = ?")
                .params(java.sql.Timestamp.from(clock.instant()), java.sql.Timestamp.from(clock.instant()), scene.cve)
                .update();
        arrivals.act(Arrivals.Kind.FEED, clock.instant());
        assertThat(changes.get(change)).isEqualTo(urgent);
        assertThat(this.receipts.of(change)).hasSize(receipts);
    }
}
