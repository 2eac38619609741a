package org.patchboard.lifecycle.engine;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.jspecify.annotations.Nullable;
import org.patchboard.approval.Licences;
import org.patchboard.change.ChangeState;
import org.patchboard.change.Changes;
import org.patchboard.lifecycle.model.DeadlineClock;
import org.patchboard.lifecycle.model.ForensicTriage;
import org.patchboard.risk.Deadlines;
import org.patchboard.risk.Decisions;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Gathers what is known of a change's vulnerabilities and hosts, and has the tables decide on the worst of it. */
@UseCase
public class Assessment {

    private static final Actor ACTOR = Actor.system("assessment");
    private static final String PRIORITY = "priority";
    private static final String CLASSIFICATION = "change-classification";

    /** What the keys of all tables of deadlines begin with. */
    private static final String DEADLINE = "deadline-";

    /** Timers whose dates follow from the assessment. */
    private static final Set<String> CLOCKS = Set.of("IntermediateEvent_NextNotice", "BoundaryEvent_TriageLate");

    private static final List<String> PRIORITIES = List.of("critical", "high", "medium", "low");
    private static final List<String> CRITICALITIES = List.of("low", "medium", "high", "very-high");

    /** One combination of what the tables ask about. Blank is not harmless: an unknown score counts as 10. */
    private record Combination(
            boolean kev,
            String exposure,
            double cvss,
            double epss,
            String criticality,
            boolean automatable,
            String technicalImpact,
            Instant detected,
            @Nullable Instant released,
            @Nullable Instant listed) {

        Map<String, Object> inputs() {
            return Map.of("kev", kev, "exposure", exposure, "cvss", cvss, "epss", epss, "criticality", criticality);
        }
    }

    private final JdbcClient jdbc;
    private final Changes changes;
    private final Decisions decisions;
    private final Deadlines deadlines;
    private final Feasibility feasibility;
    private final RuntimeService engine;
    private final Licences licences;
    private final ManagementService jobs;

    Assessment(
            JdbcClient jdbc,
            Changes changes,
            Decisions decisions,
            Deadlines deadlines,
            Feasibility feasibility,
            RuntimeService engine,
            Licences licences,
            ManagementService jobs) {
        this.jdbc = jdbc;
        this.changes = changes;
        this.decisions = decisions;
        this.deadlines = deadlines;
        this.feasibility = feasibility;
        this.engine = engine;
        this.licences = licences;
        this.jobs = jobs;
    }

    /** Sets the priority to the worst that any vulnerability has on any host. */
    public void priority(ChangeId change) {
        priority(change, "");
    }

    private void priority(ChangeId change, String occasion) {
        var outcome = decisions.decide(change, PRIORITY, worst(change).inputs(), occasion);
        changes.prioritise(change, String.valueOf(outcome.single().get("priority")), ACTOR);
    }

    private Combination worst(ChangeId change) {
        // What the table is asked about is the same for most hosts, and is asked once.
        var known = new HashMap<Map<String, Object>, Integer>();
        return combinations(change).stream()
                .map(combination -> Map.entry(
                        combination,
                        known.computeIfAbsent(
                                combination.inputs(), inputs -> PRIORITIES.indexOf(priority(change, inputs)))))
                .min(Map.Entry.comparingByValue())
                .orElseThrow(() -> new IllegalStateException(change + " has no host in scope"))
                .getKey();
    }

    private String priority(ChangeId change, Map<String, Object> inputs) {
        return String.valueOf(decisions.ask(change, PRIORITY, inputs).get(0).get("priority"));
    }

    /** Composes the deadlines, sets the earliest, and starts the clock that tells people and, when a pack asks, forensics. */
    public void deadline(ChangeId change) {
        compose(change, facts(change), "");
    }

    private void compose(ChangeId change, Deadlines.Facts facts, String occasion) {
        var before = changes.get(change);
        var composition = deadlines.compose(change, facts, occasion);
        var binding = composition.binding();
        changes.due(
                change,
                binding.map(Deadlines.Deadline::due).orElse(null),
                binding.map(Deadlines.Deadline::pack).orElse(null),
                binding.map(Deadlines.Deadline::citation).orElse(null),
                composition.forensicTriage() || before.forensicTriage(),
                ACTOR);
        if (binding.isPresent()) {
            feasibility.check(change);
        }
        if (binding.isPresent() && !runs(DeadlineClock.KEY, change)) {
            engine.startProcessInstanceByKey(DeadlineClock.KEY, change.value());
        }
        if (composition.forensicTriage() && !before.forensicTriage()) {
            engine.startProcessInstanceByKey(ForensicTriage.KEY, change.value());
        }
    }

    private boolean runs(String process, ChangeId change) {
        return engine.createProcessInstanceQuery()
                        .processDefinitionKey(process)
                        .processInstanceBusinessKey(change.value())
                        .count()
                > 0;
    }

    private Deadlines.Facts facts(ChangeId change) {
        var record = changes.get(change);
        // The strictest of each kind: exposure, listing and impact may come from different vulnerabilities.
        var strictest = combinations(change).stream()
                .min(Comparator.comparing(Combination::kev)
                        .reversed()
                        .thenComparing(combination -> !combination.exposure().equals("public"))
                        .thenComparing(combination -> !combination.automatable())
                        .thenComparing(
                                combination -> !combination.technicalImpact().equals("total"))
                        .thenComparing(Combination::detected))
                .orElseThrow(() -> new IllegalStateException(change + " has no host in scope"));
        var zone = ZoneId.of(jdbc.sql("select zone from maintenance_group where id = ?")
                .param(record.maintenanceGroup())
                .query(String.class)
                .single());
        return new Deadlines.Facts(
                record.priority() == null ? "high" : record.priority(),
                strictest.kev(),
                strictest.exposure().equals("public"),
                strictest.automatable(),
                strictest.technicalImpact(),
                strictest.detected(),
                strictest.released(),
                strictest.listed(),
                zone);
    }

    /** Open changes that were assessed and about whose CVEs something else is said since. */
    List<ChangeId> suspects(Instant since) {
        return jdbc.sql("""
                        select c.id from change_record c
                         where c.state not in ('closed', 'withdrawn') and c.priority is not null
                           and exists (select from change_vulnerability v
                                         left join vulnerability n on n.cve = v.cve
                                         left join kev_entry k on k.cve = v.cve
                                         left join epss_score e on e.cve = v.cve
                                         left join ssvc_assessment s on s.cve = v.cve
                                        where v.change_id = c.id
                                          and greatest(n.changed_at, k.changed_at, e.changed_at, s.changed_at) >= ?)
                         order by c.id""")
                .param(since.atOffset(ZoneOffset.UTC))
                .query((row, number) -> new ChangeId(row.getString(1)))
                .list();
    }

    /**
     * Decides afresh when what is known now asks for a higher priority or an earlier deadline; each decision leaves its
     * receipt beside the former. A lower priority or a later deadline changes nothing: people have begun to rely on what
     * they were told, and the earliest wins.
     *
     * @return whether anything became more urgent
     */
    public boolean reassess(ChangeId change) {
        changes.lock(change);
        var before = changes.get(change);
        if (!before.state().isOpen() || before.priority() == null) {
            return false;
        }
        var higher =
                PRIORITIES.indexOf(priority(change, worst(change).inputs())) < PRIORITIES.indexOf(before.priority());
        if (higher) {
            priority(change);
        }
        var facts = facts(change);
        // Before its triage a change has no deadline yet: it will be composed from what is known then.
        var earlier = before.state() != ChangeState.TRIAGE
                && deadlines
                        .earliest(change, facts)
                        .filter(due -> before.due() == null || due.isBefore(before.due()))
                        .isPresent();
        if (earlier) {
            compose(change, facts, "");
        }
        if (higher || earlier) {
            hurry(change);
        }
        return higher || earlier;
    }

    /**
     * Takes a decision anew that a change has had already, under the version of the table that judges it now; unlike
     * {@link #reassess} also when less follows from it, since people have decided that open changes are judged anew. What
     * follows from it is decided anew too: a deadline from a priority, a class from both.
     *
     * @param occasion why, kept on the receipts
     * @return whether the table is one of those that assess changes
     */
    boolean retake(ChangeId change, String decision, String occasion) {
        var before = changes.get(change);
        if (decision.equals(PRIORITY)) {
            priority(change, occasion);
        }
        var prioritised = !Objects.equals(before.priority(), changes.get(change).priority());
        if (decision.startsWith(DEADLINE) || prioritised && hasDeadlines(change)) {
            compose(change, facts(change), occasion);
            hurry(change);
        }
        if (decision.equals(CLASSIFICATION) || prioritised && before.changeClass() != null) {
            classify(change, occasion);
        }
        return decision.equals(PRIORITY) || decision.startsWith(DEADLINE) || decision.equals(CLASSIFICATION);
    }

    private boolean hasDeadlines(ChangeId change) {
        return jdbc.sql("select exists (select from remediation_deadline where change_id = ?)")
                .param(change.value())
                .query(Boolean.class)
                .single();
    }

    /** Timers that wait for a date which depends on deadline, priority or listing. */
    private void hurry(ChangeId change) {
        for (var instance : engine.createProcessInstanceQuery()
                .processInstanceBusinessKey(change.value())
                .list()) {
            jobs.createJobQuery().processInstanceId(instance.getId()).timers().active().list().stream()
                    .filter(job -> CLOCKS.contains(activity(job.getJobDefinitionId())))
                    .forEach(job -> jobs.recalculateJobDuedate(job.getId(), false));
        }
    }

    private String activity(String definition) {
        return jobs.createJobDefinitionQuery()
                .jobDefinitionId(definition)
                .singleResult()
                .getActivityId();
    }

    /** Decides class and risk of the change. */
    public void classify(ChangeId change) {
        classify(change, "");
    }

    private void classify(ChangeId change, String occasion) {
        var combinations = combinations(change);
        var record = changes.get(change);
        var hosts = (int) changes.scopeOf(change).stream()
                .map(scoped -> scoped.asset().value())
                .distinct()
                .count();
        // A change that has its licence keeps it when it is judged anew, be it the last use.
        var held = licences.of(change).filter(it -> it.state().equals("live"));
        var licence = held.or(() -> licences.live(record.maintenanceGroup(), record.advisory()));
        var outcome = decisions.decide(
                change,
                CLASSIFICATION,
                Map.of(
                        "licensed",
                        licence.isPresent(),
                        "exploitedAndExposed",
                        combinations.stream()
                                .anyMatch(c -> c.kev() && c.exposure().equals("public")),
                        "priority",
                        record.priority() == null ? "high" : record.priority(),
                        "hosts",
                        hosts,
                        "criticality",
                        combinations.stream()
                                .map(Combination::criticality)
                                .max(Comparator.comparingInt(CRITICALITIES::indexOf))
                                .orElse("medium")),
                occasion);
        changes.classify(
                change,
                String.valueOf(outcome.single().get("changeClass")),
                String.valueOf(outcome.single().get("risk")),
                ACTOR);
        if ("standard".equals(outcome.single().get("changeClass")) && held.isEmpty()) {
            licence.ifPresent(it -> licences.use(it, change));
        }
    }

    /**
     * For a CVE without SSVC that is not in KEV: not automatable, total impact (BOD 26-04, appendix A, unconfirmed). A
     * listed one without CISA's values is taken as automatable and total, never as less.
     */
    private List<Combination> combinations(ChangeId change) {
        return jdbc.sql("""
                        select k.cve is not null as kev, a.exposure,
                               coalesce(n.cvss4_score, n.cvss3_score, case f.severity when 'critical' then 9 when 'high' then 7
                                        when 'medium' then 4 when 'low' then 1 when 'none' then 0 else 10 end) as cvss,
                               coalesce(e.score, 0) as epss, a.criticality,
                               coalesce(s.automatable, k.cve is not null) as automatable,
                               coalesce(s.technical_impact, 'total') as technical_impact,
                               coalesce(f.first_seen, c.opened_at) as detected, n.published_at, k.date_added
                          from change_record c
                          join change_asset t on t.change_id = c.id
                          join asset a on a.id = t.asset
                          join change_vulnerability v on v.change_id = c.id
                          left join lateral (select min(first_seen) as first_seen,
                                                   (array['none', 'low', 'medium', 'high', 'critical', 'unknown'])[max(array_position(
                                                     array['none', 'low', 'medium', 'high', 'critical', 'unknown'], severity))]
                                                     as severity
                                              from finding x where x.asset = a.id and x.cve = v.cve) f on true
                          left join vulnerability n on n.cve = v.cve
                          left join kev_entry k on k.cve = v.cve and k.withdrawn_at is null
                          left join epss_score e on e.cve = v.cve
                          left join ssvc_assessment s on s.cve = v.cve
                         where c.id = ?""")
                .param(change.value())
                .query((row, number) -> new Combination(
                        row.getBoolean("kev"),
                        row.getString("exposure"),
                        row.getDouble("cvss"),
                        row.getDouble("epss"),
                        row.getString("criticality"),
                        row.getBoolean("automatable"),
                        row.getString("technical_impact"),
                        row.getTimestamp("detected").toInstant(),
                        row.getTimestamp("published_at") == null
                                ? null
                                : row.getTimestamp("published_at").toInstant(),
                        row.getDate("date_added") == null
                                ? null
                                : row.getDate("date_added")
                                        .toLocalDate()
                                        .atStartOfDay(ZoneOffset.UTC)
                                        .toInstant()))
                .list();
    }
}
