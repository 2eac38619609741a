package org.patchboard.lifecycle.process;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.camunda.bpm.engine.HistoryService;
import org.jspecify.annotations.Nullable;
import org.patchboard.TestPeople;
import org.patchboard.change.Changes;
import org.patchboard.change.NewChange;
import org.patchboard.shared.Actor;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.ChangeId;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A maintenance group with hosts and findings of the test's own, and what became of a change for it. */
public final class Scene {

    public static final String OLD = "3.0.11-1";
    public static final String FIXED = "3.0.15-1";

    private final JdbcClient jdbc;
    private final Changes changes;
    private final Clock clock;
    private final HistoryService history;
    private final String tag = UUID.randomUUID().toString().substring(0, 8);
    private final List<NewChange.Scoped> scope = new ArrayList<>();

    public final String group = "scene-" + tag;
    public final String software = "openssl-" + tag;
    public final String cve = "CVE-2026-" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
    public final String owner;

    public Scene(ApplicationContext context) {
        jdbc = context.getBean(JdbcClient.class);
        changes = context.getBean(Changes.class);
        clock = context.getBean(Clock.class);
        history = context.getBean(HistoryService.class);
        owner = context.getBean(TestPeople.class).someone("asset-owner");
        jdbc.sql(
                        "insert into maintenance_group (id, name, owner, zone, deployer, verifier) values (?, ?, ?, 'Europe/Berlin', 'simulator', 'simulator')")
                .params(group, "Scene " + tag, owner)
                .update();
    }

    public String advisory() {
        return "deb/" + software;
    }

    public String name(String host) {
        return host + "-" + tag;
    }

    public AssetId host(String name, String environment, String exposure) {
        return new AssetId(jdbc.sql("""
                        insert into asset (name, kind, address, maintenance_group, environment, exposure, source, first_seen,
                                           last_seen, changed_at)
                        values (:name, 'server', '192.0.2.1', :group, :environment, :exposure, 'test', :now, :now, :now)
                        returning id""")
                .param("name", name(name))
                .param("group", group)
                .param("environment", environment)
                .param("exposure", exposure)
                .param("now", now())
                .query(Long.class)
                .single());
    }

    /** An internal production host with an open finding of {@link #cve}. */
    public Scene affected(String... names) {
        for (var name : names) {
            finding(host(name, "production", "internal"), "high", FIXED);
        }
        return this;
    }

    public Scene affectedLab(String name) {
        finding(host(name, "lab", "internal"), "high", FIXED);
        return this;
    }

    public void finding(AssetId asset, String severity, @Nullable String fixed) {
        jdbc.sql("""
                        insert into finding (asset, cve, ecosystem, package, installed_version, fixed_version, severity, scanner,
                                             state, first_seen, last_seen)
                        values (:asset, :cve, 'deb', :package, :old, :fixed, :severity, 'test', 'open', :now, :now)
                        on conflict (asset, cve, ecosystem, package, scanner)
                        do update set fixed_version = excluded.fixed_version, last_seen = excluded.last_seen""")
                .param("asset", asset.value())
                .param("cve", cve)
                .param("package", software)
                .param("old", OLD)
                .param("fixed", fixed)
                .param("severity", severity)
                .param("now", now())
                .update();
        scope.removeIf(scoped -> scoped.asset().equals(asset));
        if (fixed != null) {
            scope.add(new NewChange.Scoped(asset, "deb", software, OLD, fixed));
        }
    }

    /** Eight hours every night in which the group may be worked on. */
    public Scene window() {
        jdbc.sql("""
                        insert into calendar_entry (kind, name, zone, starts, duration, rrule, scope_kind, scope_value,
                                                    created_by, created_at)
                        values ('window', 'Every night', 'Europe/Berlin', '2026-01-01 20:00', interval '8 hours', 'FREQ=DAILY',
                                'maintenance-group', ?, 'test', ?)""").params(group, now()).update();
        return this;
    }

    public Scene knownExploited() {
        jdbc.sql("""
                        insert into kev_entry (cve, vendor, product, name, date_added, ransomware, changed_at)
                        values (?, 'Vendor', 'Product', 'Name', ?, false, ?)""").params(cve, now().toLocalDate(), now()).update();
        return this;
    }

    /** A change in triage, without any process. */
    public ChangeId record() {
        return changes.open(
                new NewChange(advisory(), List.of(cve), group, "Update " + software, "a test", scope),
                Actor.system("test"));
    }

    /** A coordinator's answers that are complete. */
    public static Map<String, Object> plan() {
        var answers = new HashMap<String, Object>();
        answers.put("strategy", "canary");
        answers.put("canaryPercent", 5);
        answers.put("soakMinutes", 0);
        answers.put("successShare", 100);
        answers.put("reboot", "if-required");
        for (var text :
                List.of("reason", "securityImpact", "preChecks", "postChecks", "backup", "backOut", "communication")) {
            answers.put(text, "the " + text);
        }
        return answers;
    }

    public String stateOf(ChangeId change) {
        return changes.get(change).state().word();
    }

    public void put(ChangeId change, String state) {
        jdbc.sql("update change_record set state = ? where id = ?")
                .params(state, change.value())
                .update();
    }

    /** How often a token of the change has left an element. */
    public long passed(ChangeId change, String activity) {
        return history.createHistoricProcessInstanceQuery().processInstanceBusinessKey(change.value()).list().stream()
                .mapToLong(instance -> history.createHistoricActivityInstanceQuery()
                        .processInstanceId(instance.getId())
                        .activityId(activity)
                        .finished()
                        .count())
                .sum();
    }

    /** Logins that were written to, by template, in the order of writing. */
    public List<String> told(ChangeId change, String template) {
        return jdbc.sql("select recipient from outbox where change_id = ? and template = ? order by created_at")
                .params(change.value(), template)
                .query(String.class)
                .list();
    }

    public List<String> bodies(ChangeId change, String template) {
        return jdbc.sql("select text_body from outbox where change_id = ? and template = ?")
                .params(change.value(), template)
                .query(String.class)
                .list();
    }

    public List<String> deeds(ChangeId change) {
        return jdbc.sql("select action from audit_entry where change_id = ? order by id")
                .param(change.value())
                .query(String.class)
                .list();
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }
}
