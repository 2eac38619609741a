package org.patchboard.lifecycle.engine;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import org.patchboard.shared.Actor;
import org.patchboard.shared.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The rule that opens changes: an open finding with a fix, of a CVE that is known to be exploited or is rated critical
 * or high, on a host of a maintenance group, that no change carries yet.
 */
@Component
public class OpenChanges {

    private static final Logger LOG = LoggerFactory.getLogger(OpenChanges.class);
    private static final Actor RULE = Actor.system("rule:findings");
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final JdbcClient jdbc;
    private final ChangeProcesses processes;

    OpenChanges(JdbcClient jdbc, ChangeProcesses processes) {
        this.jdbc = jdbc;
        this.processes = processes;
    }

    private record Wanted(String group, String ecosystem, String name, boolean exploited, long hosts) {}

    /** Opens what the rule asks for, each in its own transaction, and says how many were opened. */
    public int open() {
        int opened = 0;
        for (var wanted : wanted()) {
            try {
                processes.open(
                        wanted.ecosystem() + "/" + wanted.name(),
                        wanted.group(),
                        "Update %s on %d %s of %s"
                                .formatted(
                                        wanted.name(),
                                        wanted.hosts(),
                                        wanted.hosts() == 1 ? "host" : "hosts",
                                        wanted.group()),
                        wanted.exploited()
                                ? "A vulnerability that is known to be exploited was found by a scan."
                                : "A vulnerability rated critical or high was found by a scan.",
                        RULE);
                opened++;
            } catch (Refusal refusal) {
                LOG.info("no change for {} of {}: {}", wanted.name(), wanted.group(), refusal.getMessage());
            }
        }
        return opened;
    }

    private java.util.List<Wanted> wanted() {
        return jdbc.sql("""
                        select a.maintenance_group, f.ecosystem, f.package, bool_or(k.cve is not null) as exploited,
                               count(distinct f.asset) as hosts
                          from finding f
                          join asset a on a.id = f.asset and a.maintenance_group is not null
                          left join kev_entry k on k.cve = f.cve and k.withdrawn_at is null
                         where f.state = 'open' and f.fixed_version is not null and f.change_id is null
                           and (k.cve is not null or f.severity in ('critical', 'high'))
                           and not exists (select from change_record c
                                            where c.maintenance_group = a.maintenance_group
                                              and c.advisory = f.ecosystem || '/' || f.package
                                              and c.state not in ('closed', 'withdrawn'))
                         group by a.maintenance_group, f.ecosystem, f.package
                         order by exploited desc, a.maintenance_group, f.package
                         limit 100""")
                .query((row, number) -> new Wanted(
                        row.getString("maintenance_group"),
                        row.getString("ecosystem"),
                        row.getString("package"),
                        row.getBoolean("exploited"),
                        row.getLong("hosts")))
                .list();
    }

    @Configuration(proxyBeanMethods = false)
    static class Rule {
        @Bean
        RecurringTask<Void> openChangesByRule(OpenChanges rule) {
            return Tasks.recurring("open-changes", FixedDelay.of(PAUSE)).execute((instance, context) -> rule.open());
        }
    }
}
