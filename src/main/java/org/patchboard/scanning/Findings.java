package org.patchboard.scanning;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.patchboard.shared.Versions;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What becomes of findings besides what scanners report. */
@UseCase
public class Findings {

    private static final Actor ACTOR = Actor.system("verification");
    private static final Actor INVENTORY = Actor.system("inventory");

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final Clock clock;

    Findings(JdbcClient jdbc, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Closes what the change carries and what an independent look, the last one, saw fixed. Without that the finding
     * would stay open until the next scan and ask for another change at once.
     *
     * @return how many findings were closed
     */
    public int closeSeenFixed(ChangeId change) {
        int closed = jdbc.sql("""
                        with looked as (
                          select distinct on (v.asset, v.ecosystem, v.package) v.asset, v.ecosystem, v.package, v.fixed
                            from verification v
                            join verification_run r on r.change_id = v.change_id and r.number = v.run
                           where v.change_id = :change and r.purpose = 'fixed'
                           order by v.asset, v.ecosystem, v.package, v.at desc, v.id desc)
                        update finding f set state = 'closed', closed_at = :now
                          from looked
                         where f.change_id = :change and f.state = 'open' and looked.fixed and looked.asset = f.asset
                           and looked.ecosystem = f.ecosystem and looked.package = f.package""")
                .param("change", change.value())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        if (closed > 0) {
            audit.record(change, ACTOR, "findings-closed", change.value(), Map.of("findings", closed));
        }
        return closed;
    }

    /**
     * Closes findings of assets whose packages were told since, when every installed version is fixed now. What a change
     * carries stays open: only its verification closes it.
     *
     * @return how many findings were closed
     */
    public int closeSeenInstalled(Instant since) {
        record Candidate(long id, String ecosystem, String fixed, List<String> installed) {}
        var fixed = jdbc
                .sql("""
                        select f.id, f.ecosystem, f.fixed_version, array_agg(v.version) as installed
                          from asset a
                          join finding f on f.asset = a.id and f.state = 'open' and f.fixed_version is not null
                                        and f.change_id is null and f.last_seen < a.packages_at
                          join package_version v on v.ecosystem = f.ecosystem and v.name = f.package
                          join installed_package i on i.asset = a.id and i.package_version = v.id
                         where a.packages_at >= ?
                         group by f.id""")
                .param(since.atOffset(ZoneOffset.UTC))
                .query((row, number) -> new Candidate(
                        row.getLong("id"), row.getString("ecosystem"), row.getString("fixed_version"), List.of((String
                                        [])
                                row.getArray("installed").getArray())))
                .list()
                .stream()
                .filter(it -> Versions.reached(it.ecosystem(), it.installed(), it.fixed()))
                .map(Candidate::id)
                .toArray(Long[]::new);
        int closed = jdbc.sql("update finding set state = 'closed', closed_at = ? where id = any(?) and state = 'open'")
                .params(clock.instant().atOffset(ZoneOffset.UTC), fixed)
                .update();
        if (closed > 0) {
            audit.record("scans", INVENTORY, "findings-closed", "inventory", Map.of("findings", closed));
        }
        return closed;
    }
}
