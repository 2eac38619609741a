package org.patchboard.report;

import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Everything that was recorded of one change, table by table, in the order in which it happened. */
@Repository
public class ChangeStory {

    private static final Map<String, String> QUERIES = Map.ofEntries(
            Map.entry("deadlines", """
                    select pack, citation, clock_start, due_at, binding from remediation_deadline
                     where change_id = ? order by due_at nulls last"""),
            Map.entry("receipts", """
                    select id::text, decision, decision_name, decision_version, decision_digest, inputs::text as inputs,
                           coalesce((select string_agg(r ->> 'description', '; ') from jsonb_array_elements(rules) r), '') as rule,
                           outputs::text as outputs, at, occasion
                      from receipt where change_id = ? order by number"""),
            Map.entry(
                    "statements",
                    "select kind, verdict, text, person, revision, at from statement where change_id = ? order by id"),
            Map.entry("votes", """
                    select login, array_to_string(teams, ', ') as teams, decision, comment, revision, round, digest, at,
                           replaced_at is not null as replaced
                      from vote where change_id = ? order by id"""),
            Map.entry("ballots", """
                    select revision, round, authority, minimum_votes, array_to_string(required_teams, ', ') as required,
                           deadline, coalesce(outcome, 'open') as outcome, coalesce(outcome_reason, '') as reason
                      from ballot where change_id = ? order by revision, round"""),
            Map.entry("bookings", """
                    select window_name, zone, starts_at, ends_at, state from booking where change_id = ? order by sequence"""),
            Map.entry("conflicts", """
                    select kind, hard, detail, coalesce(waived_by, '') as waived_by, coalesce(waiver, '') as waiver
                      from schedule_conflict where change_id = ? order by id"""),
            Map.entry("rings", """
                    select number, name, kind, state, revision, started_at, finished_at, deployer, success_share,
                           (select count(*) from ring_host h where h.change_id = r.change_id and h.revision = r.revision
                               and h.ring = r.number) as hosts,
                           (select count(*) from ring_host h where h.change_id = r.change_id and h.revision = r.revision
                               and h.ring = r.number and h.state = 'installed') as installed
                      from ring r where change_id = ? order by revision desc, number"""),
            Map.entry("hosts", """
                    select h.ring, a.id as asset, a.name, h.state, h.attempt, h.reboot_pending, coalesce(h.detail, '') as detail,
                           h.finished_at, h.revision
                      from ring_host h join asset a on a.id = h.asset
                     where h.change_id = ?
                     order by h.revision desc, h.ring, a.name limit 500"""),
            Map.entry("faults", """
                    select ring, action, deployer, fault, at, state = 'ordered' as again, tries from host_order
                     where change_id = ? and fault is not null and state in ('faulted', 'ordered') order by at desc"""),
            Map.entry("logs", """
                    select id, revision, ring, action, purpose, deployer, attempt, batch, cardinality(assets) as hosts,
                           finished_at, length(log) as length
                      from host_order where change_id = ? and log is not null
                     order by finished_at desc, ring, batch"""),
            Map.entry("verification", """
                    select distinct on (a.name, v.package) a.name, v.source, v.package, v.seen_version, v.wanted_version,
                           v.fixed, v.reboot_pending, v.at
                      from verification v join asset a on a.id = v.asset
                     where v.change_id = ? order by a.name, v.package, v.at desc"""),
            Map.entry("gates", """
                    select ring, open, array_to_string(reasons, '; ') as reasons, at from gate_answer
                     where change_id = ? order by id"""),
            Map.entry("exceptions", """
                    select e.kind, coalesce(a.name, 'the whole change') as name, e.reason, e.requested_by, e.accepted_by,
                           e.until_at, e.ended_at
                      from risk_exception e left join asset a on a.id = e.asset where e.change_id = ? order by e.id"""),
            Map.entry("policies", """
                    select e.proposal, p.decision_name, p.version, e.wanted, coalesce(e.effect, 'to be settled') as effect,
                           e.detail, coalesce(e.at, p.published_at) as at
                      from policy_effect e join policy_proposal p on p.id = e.proposal
                     where e.change_id = ? order by p.published_at desc, e.proposal desc"""),
            Map.entry("scope", """
                    select a.id as asset, a.name, a.exposure, a.criticality, s.ecosystem, s.package, s.from_version, s.target_version
                      from change_asset s join asset a on a.id = s.asset where s.change_id = ? order by a.name limit 500"""),
            Map.entry("vulnerabilities", """
                    select v.cve, coalesce(n.cvss4_score, n.cvss3_score) as cvss, k.date_added as exploited_since,
                           e.score as epss, coalesce(n.summary, '') as summary
                      from change_vulnerability v left join vulnerability n on n.cve = v.cve
                      left join kev_entry k on k.cve = v.cve and k.withdrawn_at is null
                      left join epss_score e on e.cve = v.cve
                     where v.change_id = ? order by v.cve"""),
            Map.entry("timeline", """
                    select at, actor, actor_kind, action, subject, encode(hash, 'hex') as hash
                      from audit_entry where change_id = ? order by seq desc limit 300"""));

    private final JdbcClient jdbc;

    ChangeStory(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Rows of one part: {@code votes}, {@code rings}, {@code timeline} … */
    public List<Map<String, Object>> part(String change, String name) {
        var sql = QUERIES.get(name);
        if (sql == null) {
            throw new IllegalArgumentException("a change has no " + name);
        }
        return jdbc.sql(sql).param(change).query().listOfRows();
    }

    /** Names of the parts. */
    public static List<String> parts() {
        return QUERIES.keySet().stream().sorted().toList();
    }
}
