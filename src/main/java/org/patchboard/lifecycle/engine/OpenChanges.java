package org.patchboard.lifecycle.engine;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.patchboard.risk.DecisionEngine;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The rule that opens changes: of the open findings with a fix, on hosts of a maintenance group, that no change carries
 * yet, those that the table {@link #TABLE} names. The same look finds plans that have drifted from what is there now.
 */
@Component
public class OpenChanges {

    static final String TABLE = "change-opening";

    private static final Logger LOG = LoggerFactory.getLogger(OpenChanges.class);
    private static final Actor RULE = Actor.system("rule:findings");
    private static final Duration PAUSE = Duration.ofSeconds(30);

    /** A stream of reports that never ends must not keep a change from being opened. */
    private static final int MOST_QUIETS = 10;

    /** So many in one look; the next one takes the rest. */
    private static final int AT_ONCE = 100;

    private static final String UNCARRIED = """
            with uncarried as (
              select a.maintenance_group, f.ecosystem, f.package, bool_or(k.cve is not null) as exploited,
                     (array['none', 'low', 'medium', 'unknown', 'high', 'critical'])[max(array_position(
                       array['none', 'low', 'medium', 'unknown', 'high', 'critical'], f.severity))] as severity
                from finding f
                join asset a on a.id = f.asset and a.maintenance_group is not null
                left join kev_entry k on k.cve = f.cve and k.withdrawn_at is null
               where f.state = 'open' and f.fixed_version is not null and f.change_id is null
                 and not exists (select from change_record c
                                  where c.maintenance_group = a.maintenance_group
                                    and c.advisory = f.ecosystem || '/' || f.package
                                    and c.state not in ('closed', 'withdrawn'))
               group by a.maintenance_group, f.ecosystem, f.package
              having max(f.first_seen) <= :quietSince or min(f.first_seen) <= :waitingSince)
            """;

    private final JdbcClient jdbc;
    private final ChangeProcesses processes;
    private final Approvals approvals;
    private final DecisionEngine tables;
    private final Clock clock;
    private final Duration quiet;

    OpenChanges(
            JdbcClient jdbc,
            ChangeProcesses processes,
            Approvals approvals,
            DecisionEngine tables,
            Clock clock,
            @Value("${patchboard.intake.quiet:PT1M}") Duration quiet) {
        this.jdbc = jdbc;
        this.processes = processes;
        this.approvals = approvals;
        this.tables = tables;
        this.clock = clock;
        this.quiet = quiet;
    }

    /** What the table is asked about the worst of a group's findings of one package. */
    private record Kind(boolean exploited, String severity) {

        Map<String, Object> facts() {
            return Map.of("exploited", exploited, "severity", severity);
        }
    }

    private record Wanted(String group, String ecosystem, String name) {}

    /**
     * Opens what the rule asks for, each in its own transaction, and says how many were opened. Scanners report host by
     * host: while findings of a package still come in for a group its change waits, so that it has all of the hosts, but
     * never longer than {@value #MOST_QUIETS} quiet times.
     */
    public int open() {
        int opened = 0;
        for (var kind : kinds()) {
            if (!asksForAChange(kind)) {
                continue;
            }
            for (var wanted : wanted(kind)) {
                try {
                    processes.openByTable(
                            wanted.ecosystem() + "/" + wanted.name(),
                            wanted.group(),
                            "Update %s of %s".formatted(wanted.name(), wanted.group()),
                            kind.exploited()
                                    ? "A vulnerability that is known to be exploited was found by a scan."
                                    : "A vulnerability rated %s was found by a scan.".formatted(kind.severity()),
                            RULE,
                            kind.facts());
                    opened++;
                } catch (Refusal refusal) {
                    LOG.info("no change for {} of {}: {}", wanted.name(), wanted.group(), refusal.getMessage());
                }
            }
        }
        return opened;
    }

    /** Voids the approvals of plans that no longer are what is there, and says how many. */
    public int checkDrift() {
        return (int) approvals.suspects().stream().filter(approvals::checkDrift).count();
    }

    private boolean asksForAChange(Kind kind) {
        return Boolean.TRUE.equals(
                tables.evaluate(TABLE, null, kind.facts()).outputs().get(0).get("open"));
    }

    /** Exploited ones first. */
    private List<Kind> kinds() {
        return uncarried("select distinct exploited, severity from uncarried order by exploited desc, severity")
                .query(Kind.class)
                .list();
    }

    private List<Wanted> wanted(Kind kind) {
        return uncarried("""
                        select maintenance_group, ecosystem, package from uncarried
                         where exploited = :exploited and severity = :severity
                         order by maintenance_group, package limit :limit""")
                .param("exploited", kind.exploited())
                .param("severity", kind.severity())
                .param("limit", AT_ONCE)
                .query((row, number) -> new Wanted(
                        row.getString("maintenance_group"), row.getString("ecosystem"), row.getString("package")))
                .list();
    }

    private JdbcClient.StatementSpec uncarried(String query) {
        var now = clock.instant();
        return jdbc.sql(UNCARRIED + query)
                .param("quietSince", now.minus(quiet).atOffset(ZoneOffset.UTC))
                .param(
                        "waitingSince",
                        now.minus(quiet.multipliedBy(MOST_QUIETS)).atOffset(ZoneOffset.UTC));
    }

    @Configuration(proxyBeanMethods = false)
    static class Rule {
        @Bean
        RecurringTask<Void> openChangesByRule(OpenChanges rule) {
            return Tasks.recurring("open-changes", FixedDelay.of(PAUSE)).execute((instance, context) -> {
                rule.checkDrift();
                rule.open();
            });
        }
    }
}
