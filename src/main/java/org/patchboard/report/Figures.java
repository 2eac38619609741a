package org.patchboard.report;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** How well patching goes, counted from the records. A time span begins with its first instant and ends before its last. */
@Repository
public class Figures {

    /** A part of a whole. */
    public record Share(String name, long part, long whole) {

        /** Null while there is nothing to take a share of. */
        public @Nullable Long percent() {
            return whole == 0 ? null : Math.round(100.0 * part / whole);
        }
    }

    /** How many of each. */
    public record Count(String name, long count) {}

    /** How long something took, in the middle and at the slow end. */
    public record Took(String name, long count, Duration median, Duration ninetieth) {}

    private final JdbcClient jdbc;
    private final Clock clock;

    Figures(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Closed changes by outcome. */
    public List<Count> outcomes(Instant from, Instant to) {
        return jdbc.sql("""
                        select coalesce(outcome, 'unknown') as name, count(*) as count from change_record
                         where closed_at >= ? and closed_at < ? group by 1 order by 2 desc, 1""").params(at(from), at(to)).query(Count.class).list();
    }

    /** Of the changes that installed something, those that ended as planned and were never halted; by priority. */
    public List<Share> success(Instant from, Instant to) {
        return shares("""
                select coalesce(c.priority, 'not judged') as name,
                       count(*) filter (where c.outcome in ('completed', 'completed-with-exceptions')
                         and not exists (select from ring r where r.change_id = c.id and r.halted_at is not null)) as part,
                       count(*) as whole
                  from change_record c
                 where c.closed_at >= ? and c.closed_at < ?
                   and exists (select from ring r where r.change_id = c.id and r.started_at is not null)
                 group by 1""", from, to);
    }

    /** Of the changes with a deadline, those that were closed before it; by the policy that bound. */
    public List<Share> deadlinesMet(Instant from, Instant to) {
        return shares("""
                select coalesce(c.due_pack, 'no policy') as name,
                       count(*) filter (where c.closed_at <= c.due_at) as part, count(*) as whole
                  from change_record c
                 where c.closed_at >= ? and c.closed_at < ? and c.due_at is not null and c.outcome <> 'withdrawn'
                 group by 1""", from, to);
    }

    /**
     * Time to patch: from the moment the policies count from (the release, the listing or the detection, else the
     * opening of the change) until something other than the installer saw every host; by priority.
     */
    public List<Took> timeToPatch(Instant from, Instant to) {
        return took("""
                select coalesce(c.priority, 'not judged') as name, v.at - coalesce(d.since, c.opened_at) as length
                  from change_record c
                  join (select change_id, max(finished_at) as at from verification_run
                         where purpose = 'fixed' and state = 'finished' group by 1) v on v.change_id = c.id
                  left join (select change_id, min(clock_start) as since from remediation_deadline group by 1) d
                    on d.change_id = c.id
                 where c.closed_at >= ? and c.closed_at < ? and c.outcome in ('completed', 'completed-with-exceptions')""", from, to);
    }

    /** From the question to the decision of a board; by authority. */
    public List<Took> decisionLatency(Instant from, Instant to) {
        return took("""
                select b.authority as name, b.decided_at - b.opened_at as length from ballot b
                 where b.decided_at >= ? and b.decided_at < ? and b.outcome in ('approved', 'rejected')""", from, to);
    }

    /** Open findings now, the worst first. */
    public List<Count> openBySeverity() {
        return jdbc.sql("""
                        select severity as name, count(*) as count from finding where state = 'open' group by 1
                         order by array_position(array['critical', 'high', 'medium', 'low', 'none', 'unknown'], severity)""").query(Count.class).list();
    }

    /** What remains open, each a part of all open findings. */
    public List<Share> residual() {
        return jdbc.sql("""
                        with f as (select f.*, k.cve is not null as exploited,
                                          exists (select from risk_exception e
                                                   where e.change_id = f.change_id and (e.asset is null or e.asset = f.asset)
                                                     and e.ended_at is null and e.until_at > :now) as accepted
                                     from finding f left join kev_entry k on k.cve = f.cve and k.withdrawn_at is null
                                    where f.state = 'open')
                        select * from (values
                          ('Known to be exploited', (select count(*) from f where exploited)),
                          ('Without a known fix', (select count(*) from f where fixed_version is null)),
                          ('Carried by an open change', (select count(*) from f join change_record c on c.id = f.change_id
                             where c.state not in ('closed', 'withdrawn'))),
                          ('Accepted for a time', (select count(*) from f where accepted)),
                          ('In nobody''s hands', (select count(*) from f where not accepted and fixed_version is not null
                             and not exists (select from change_record c where c.id = f.change_id
                                                and c.state not in ('closed', 'withdrawn'))))) as r(name, part)
                        cross join (select count(*) as whole from f) w""")
                .param("now", at(clock.instant()))
                .query(Share.class)
                .list();
    }

    private List<Share> shares(String sql, Instant from, Instant to) {
        return jdbc.sql(sql + " order by 1")
                .params(at(from), at(to))
                .query(Share.class)
                .list();
    }

    private List<Took> took(String sql, Instant from, Instant to) {
        return jdbc.sql("""
                        select name, count(*) as count,
                               extract(epoch from percentile_cont(0.5) within group (order by length)) as median,
                               extract(epoch from percentile_cont(0.9) within group (order by length)) as ninetieth
                          from (%s) t group by name order by name""".formatted(sql))
                .params(at(from), at(to))
                .query((row, number) -> new Took(
                        row.getString("name"),
                        row.getLong("count"),
                        Duration.ofSeconds(row.getLong("median")),
                        Duration.ofSeconds(row.getLong("ninetieth"))))
                .list();
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
