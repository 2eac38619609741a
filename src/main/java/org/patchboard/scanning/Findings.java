package org.patchboard.scanning;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import org.patchboard.audit.AuditTrail;
import org.patchboard.shared.Actor;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.UseCase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What becomes of findings besides what scanners report. */
@UseCase
public class Findings {

    private static final Actor ACTOR = Actor.system("verification");

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
}
