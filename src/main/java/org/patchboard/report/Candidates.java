package org.patchboard.report;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What a change could be opened for: open findings with a known fix that no open change carries. */
@Repository
public class Candidates {

    /**
     * One package of one maintenance group.
     *
     * @param advisory {@code ecosystem/package}
     * @param severity the worst of its findings
     * @param cves the first few
     */
    public record Candidate(String maintenanceGroup, String advisory, String severity, long hosts, String cves) {

        /** As one value of a form. */
        public String key() {
            return maintenanceGroup + "|" + advisory;
        }
    }

    private final JdbcClient jdbc;

    Candidates(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The worst first, at most two hundred. */
    public List<Candidate> worst() {
        return jdbc.sql("""
                        select a.maintenance_group, f.ecosystem || '/' || f.package as advisory,
                               (array['unknown', 'none', 'low', 'medium', 'high', 'critical'])[max(array_position(
                                 array['unknown', 'none', 'low', 'medium', 'high', 'critical'], f.severity))] as severity,
                               count(distinct a.id) as hosts,
                               array_to_string((array_agg(distinct f.cve))[1:3], ', ')
                                 || case when count(distinct f.cve) > 3 then ' …' else '' end as cves
                          from finding f join asset a on a.id = f.asset
                         where f.state = 'open' and f.fixed_version is not null and a.maintenance_group is not null
                           and not exists (select from change_record c
                                            where c.maintenance_group = a.maintenance_group
                                              and c.advisory = f.ecosystem || '/' || f.package
                                              and c.state not in ('closed', 'withdrawn'))
                         group by 1, 2
                         order by max(array_position(
                                    array['unknown', 'none', 'low', 'medium', 'high', 'critical'], f.severity)) desc,
                                  hosts desc, advisory
                         limit 200""").query(Candidate.class).list();
    }
}
