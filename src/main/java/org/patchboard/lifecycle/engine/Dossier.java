package org.patchboard.lifecycle.engine;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.patchboard.change.EvidenceFiles;
import org.patchboard.change.Plan;
import org.patchboard.change.PlanRevision;
import org.patchboard.change.Plans;
import org.patchboard.change.Statements;
import org.patchboard.identity.People;
import org.patchboard.rollout.TestRuns;
import org.patchboard.schedule.Conflict;
import org.patchboard.schedule.Conflicts;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Moments;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What people decide on, gathered for the forms of several tasks: risk with receipts, plan, test, conflicts. */
@Component
public class Dossier {

    private static final Map<String, String> RESTARTS = Map.of("if-required", "if the package asks for it");

    private final JdbcClient jdbc;
    private final Plans plans;
    private final Statements statements;
    private final EvidenceFiles files;
    private final TestRuns tests;
    private final Conflicts conflicts;
    private final People people;

    Dossier(
            JdbcClient jdbc,
            Plans plans,
            Statements statements,
            EvidenceFiles files,
            TestRuns tests,
            Conflicts conflicts,
            People people) {
        this.jdbc = jdbc;
        this.plans = plans;
        this.statements = statements;
        this.files = files;
        this.tests = tests;
        this.conflicts = conflicts;
        this.people = people;
    }

    /** {@code receipts}: which decision said what, by which row; {@code cves}; {@code hosts}: count in scope. */
    public Map<String, Object> risk(ChangeId change) {
        var risk = new LinkedHashMap<String, Object>();
        risk.put("receipts", jdbc.sql("""
                        select decision_name as decision, decision_version as version,
                               coalesce((select string_agg(r ->> 'description', '; ')
                                           from jsonb_array_elements(rules) r), '') as rule,
                               coalesce((select string_agg(case when word.key = 'days' and word.value #>> '{}' = '-1'
                                                                then 'at the next upgrade'
                                                                else lower(regexp_replace(word.key, '([A-Z])', ' \\1', 'g'))
                                                                     || ' ' || (word.value #>> '{}') end, ', ')
                                           from jsonb_array_elements(outputs) said, jsonb_each(said) word
                                          where word.value #>> '{}' <> ''),
                                        'nothing: no row applies') as result
                          from receipt where change_id = ? order by at""").param(change.value()).query().listOfRows());
        risk.put("cves", jdbc.sql("""
                        select v.cve, coalesce(coalesce(n.cvss4_score, n.cvss3_score)::text, 'unknown') as cvss,
                               case when k.cve is null then 'no' else 'yes, since ' || k.date_added end as exploited,
                               coalesce(e.score::text, 'unknown') as epss, coalesce(n.summary, '') as summary
                          from change_vulnerability v
                          left join vulnerability n on n.cve = v.cve
                          left join kev_entry k on k.cve = v.cve and k.withdrawn_at is null
                          left join epss_score e on e.cve = v.cve
                         where v.change_id = ? order by v.cve""").param(change.value()).query().listOfRows());
        risk.put("deadlines", jdbc.sql("""
                        select pack, citation, coalesce(to_char(due_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'),
                               'at the next upgrade') as due,
                               case when binding then 'binds' else '' end as binding
                          from remediation_deadline where change_id = ? order by due_at nulls last""").param(change.value()).query().listOfRows());
        risk.put("hosts", jdbc.sql("""
                        select a.name, a.exposure, a.criticality, a.environment, s.package, s.from_version, s.target_version
                          from change_asset s join asset a on a.id = s.asset
                         where s.change_id = ? order by a.name limit 200""").param(change.value()).query().listOfRows());
        return risk;
    }

    /** {@code plan}: revision, digest and its parts as a reader needs them; empty when there is none. */
    public Map<String, Object> plan(ChangeId change) {
        return plans.current(change).map(this::described).orElse(Map.of());
    }

    /** Verdicts people stated so far, with their names. */
    public List<Map<String, Object>> statements(ChangeId change) {
        var all = statements.of(change);
        var names = people.names(all.stream().map(Statements.Statement::person).toList());
        return all.stream()
                .map(statement -> Map.<String, Object>of(
                        "kind", statement.kind(),
                        "verdict", statement.verdict(),
                        "text", statement.text(),
                        "person", names.getOrDefault(statement.person(), statement.person()),
                        "at", Moments.utc(statement.at())))
                .toList();
    }

    public List<Map<String, Object>> files(ChangeId change) {
        var all = files.of(change);
        var names =
                people.names(all.stream().map(EvidenceFiles.EvidenceFile::actor).toList());
        return all.stream()
                .map(file -> Map.<String, Object>of(
                        "name",
                        file.name(),
                        "sha256",
                        file.sha256(),
                        "by",
                        names.getOrDefault(file.actor(), file.actor()),
                        "kind",
                        file.kind()))
                .toList();
    }

    /** The name of a person; the login of nobody known stays as it is. */
    public String name(String login) {
        return people.names(List.of(login)).getOrDefault(login, login);
    }

    /** What stands against the current plan's time. */
    public List<Map<String, Object>> conflicts(ChangeId change) {
        var all = plans.current(change)
                .map(plan -> conflicts.of(change, plan.revision()))
                .orElse(List.of());
        var names = people.names(
                all.stream().map(Conflict::waivedBy).filter(Objects::nonNull).toList());
        return all.stream()
                .map(conflict -> Map.<String, Object>of(
                        "kind",
                        conflict.kind().replace('-', ' '),
                        "weight",
                        conflict.hard() ? "hard" : "soft",
                        "detail",
                        conflict.detail(),
                        "waived_by",
                        conflict.waivedBy() == null ? "" : names.getOrDefault(conflict.waivedBy(), conflict.waivedBy()),
                        "waiver",
                        conflict.waiver() == null ? "" : conflict.waiver()))
                .toList();
    }

    /** The newest automatic test of the current plan: what each host would do or did. */
    public Map<String, Object> test(ChangeId change) {
        var run = plans.current(change).flatMap(plan -> tests.latest(change, plan.revision()));
        if (run.isEmpty()) {
            return Map.of("state", "not run", "summary", "", "hosts", List.of());
        }
        return Map.of(
                "state", run.get().state(),
                "summary", run.get().summary(),
                "hosts",
                        run.get().hosts().stream()
                                .map(host -> Map.of(
                                        "ring", host.ring(),
                                        "host", host.host(),
                                        "action", host.action(),
                                        "result", host.state().toLowerCase(Locale.ROOT),
                                        "detail", host.detail()))
                                .toList());
    }

    private Map<String, Object> described(PlanRevision revision) {
        var plan = revision.plan();
        var described = new LinkedHashMap<String, Object>();
        described.put("revision", revision.revision());
        described.put("digest", revision.digest());
        described.put("author", name(revision.author()));
        described.put("strategy", plan.strategy());
        described.put("reboot", plan.reboot());
        described.put("restart", RESTARTS.getOrDefault(plan.reboot(), plan.reboot()));
        described.put("preChecks", plan.preChecks());
        described.put("postChecks", plan.postChecks());
        described.put("backup", plan.backup());
        described.put("backOut", plan.backOut());
        described.put("communication", plan.communication());
        described.put("reason", plan.reason());
        described.put("securityImpact", plan.securityImpact());
        described.put("rings", plan.rings().stream().map(Dossier::ring).toList());
        described.put(
                "hosts",
                plan.rings().stream()
                        .flatMap(ring -> ring.hosts().stream().limit(50).map(host -> host(ring, host)))
                        .toList());
        return described;
    }

    private static Map<String, Object> ring(Plan.PlannedRing ring) {
        return Map.of(
                "number", ring.number(),
                "name", ring.name(),
                "kind", ring.kind(),
                "hosts", ring.hosts().size(),
                "soak", words(Duration.parse(ring.soak())),
                "successShare", ring.successShare() + " %");
    }

    private static String words(Duration soak) {
        if (soak.isZero()) {
            return "not at all";
        }
        return soak.toHoursPart() == 0 && soak.toDays() == 0
                ? soak.toMinutes() + " min"
                : "%d h %02d min".formatted(soak.toHours(), soak.toMinutesPart());
    }

    private static Map<String, Object> host(Plan.PlannedRing ring, Plan.PlannedHost host) {
        return Map.of(
                "ring", ring.name(),
                "host", host.name(),
                "steps",
                        String.join(
                                ", ",
                                host.steps().stream()
                                        .map(step -> step.name() + " " + step.from() + " → " + step.to())
                                        .toList()));
    }
}
