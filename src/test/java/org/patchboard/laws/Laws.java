package org.patchboard.laws;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.patchboard.shared.ChangeId;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The laws of the house, read from its tables by sentences of their own: nothing that enforces them is asked, no view and
 * no function of the schema either. Each sentence finds the rows that break its law.
 */
final class Laws {

    private static final String HUMAN = "coalesce(%1$s.same_as, %1$s.id)";

    private final JdbcClient jdbc;
    private final Map<String, String> sentences = new LinkedHashMap<>();

    Laws(JdbcClient jdbc) {
        this.jdbc = jdbc;
        authorization();
        gate();
        orders();
        duties();
        votes();
        closing();
        exceptions();
        brokenGlass();
        receipts();
        record();
    }

    /**
     * What breaks a law.
     *
     * @param since only orders, answers and votes after this moment are looked at: what was right when it was done stays
     *     right when the world changes afterwards
     */
    List<String> broken(ChangeId change, Instant since) {
        var broken = new ArrayList<String>();
        sentences.forEach((law, sql) -> jdbc.sql(sql)
                .param("change", change.value())
                .param("since", since.atOffset(ZoneOffset.UTC))
                .query(String.class)
                .list()
                .forEach(row -> broken.add(law + ": " + row)));
        return broken;
    }

    private void law(String name, String sql) {
        sentences.put(name, sql);
    }

    private void authorization() {
        law("2 an approval has the votes it needs, each of another human being, on this digest", """
                select 'ballot of revision ' || b.revision || ' round ' || b.round from ballot b
                 where b.change_id = :change and b.purpose = 'authorization' and b.outcome = 'approved'
                   and b.decided_at > :since and b.authority <> 'standard'
                   and ((select count(distinct coalesce(p.same_as, p.id)) from vote v join person p on p.login = v.login
                          where v.change_id = b.change_id and v.revision = b.revision and v.round = b.round
                            and v.replaced_at is null and v.decision in ('approve', 'approve-with-conditions')
                            and v.digest = b.digest) < b.minimum_votes
                     or exists (select from unnest(b.required_teams) t
                                 where not exists (select from vote v
                                        where v.change_id = b.change_id and v.revision = b.revision and v.round = b.round
                                          and v.replaced_at is null and t = any(v.teams)
                                          and v.decision in ('approve', 'approve-with-conditions'))))""");
        law("2 a veto is none that was counted away", """
                select 'ballot of revision ' || b.revision from ballot b
                  join vote v on v.change_id = b.change_id and v.revision = b.revision and v.round = b.round
                 where b.change_id = :change and b.outcome = 'approved' and b.decided_at > :since
                   and v.replaced_at is null and v.decision = 'reject' and v.teams && b.veto_teams""");
        law("4 an approval is of the plan with its digest", """
                select 'ballot of revision ' || b.revision from ballot b
                 where b.change_id = :change and b.decided_at > :since and b.outcome = 'approved'
                   and b.digest is distinct from (select p.digest from plan_revision p
                         where p.change_id = b.change_id and p.revision = b.revision)""");
    }

    private void gate() {
        var opened = """
                select 'gate of ring ' || g.ring || ' at ' || g.at from gate_answer g
                  left join change_record c on c.id = g.change_id
                 where g.change_id = :change and g.open and g.at > :since and
                """;
        law("1 no gate opens for another plan than the newest", opened + """
                g.digest is distinct from (select p.digest from plan_revision p
                   where p.change_id = g.change_id and p.at <= g.at order by p.revision desc limit 1)""");
        law("1 no gate opens without an approval or a broken glass for its plan", opened + """
                not exists (select from ballot b where b.change_id = g.change_id and b.revision = g.revision
                       and b.digest = g.digest and b.purpose = 'authorization' and b.outcome = 'approved'
                       and b.decided_at <= g.at and b.decided_at > g.at - interval '31 days')
                and not exists (select from break_glass k where k.change_id = g.change_id and k.digest = g.digest
                       and k.confirmed_at <= g.at and g.at < k.until_at)""");
        law("1 no gate opens when those who approved may no longer vote", opened + """
                exists (select from ballot b where b.change_id = g.change_id and b.revision = g.revision
                    and b.outcome = 'approved' and b.authority <> 'standard' and b.minimum_votes >
                        (select count(distinct coalesce(p.same_as, p.id)) from vote v join person p on p.login = v.login
                          where v.change_id = b.change_id and v.revision = b.revision and v.round = b.round
                            and v.replaced_at is null and v.decision in ('approve', 'approve-with-conditions')
                            and p.enabled
                            and exists (select from membership m left join substitution s
                                           on s.substitute = p.id and s.absent = m.person and s.approved_at <= c.opened_at
                                          and s.valid_from <= g.at and g.at < s.valid_to
                                         where (m.person = p.id or s.id is not null) and m.team = any(v.teams)
                                           and m.valid_from <= g.at and g.at < m.valid_to)))
                and not exists (select from break_glass k where k.change_id = g.change_id and k.digest = g.digest
                       and k.confirmed_at <= g.at and g.at < k.until_at)""");
        law("1 no gate opens without a tester's signature", opened + """
                coalesce((select s.verdict from statement s where s.change_id = g.change_id and s.revision = g.revision
                             and s.kind = 'test-sign-off' and s.at <= g.at order by s.id desc limit 1), 'none')
                not in ('pass', 'conditional')""");
        law("1 no gate opens over a condition that nobody confirmed", opened + """
                exists (select from approval_condition a join vote v on v.id = a.vote
                         where a.change_id = g.change_id and a.revision = g.revision and v.replaced_at is null
                           and (a.met_at is null or a.met_at > g.at))
                and not exists (select from break_glass k where k.change_id = g.change_id and k.digest = g.digest
                       and k.confirmed_at <= g.at and g.at < k.until_at)""");
        law("1 no gate opens outside the window booked for its plan", opened + """
                not exists (select from booking b where b.change_id = g.change_id and b.revision = g.revision
                       and b.booked_at <= g.at and b.starts_at <= g.at and g.at < b.ends_at)""");
        law("1 no gate opens while everything is stopped", opened + """
                exists (select from kill_switch k where k.set_at <= g.at and (k.lifted_at is null or k.lifted_at > g.at))""");
        law("1 no gate opens in a freeze, unless the glass is broken", opened + """
                exists (select from calendar_entry f where f.kind = 'freeze' and f.zone = 'UTC' and f.rrule is null
                       and f.scope_value = c.maintenance_group and f.created_at <= g.at
                       and (f.deleted_at is null or f.deleted_at > g.at)
                       and f.starts <= g.at at time zone 'UTC' and g.at at time zone 'UTC' < f.starts + f.duration
                       and not c.class = any(f.permits))
                and not exists (select from schedule_conflict w where w.change_id = g.change_id
                       and w.revision = g.revision and w.kind = 'freeze' and w.waived_by <> '')
                and not exists (select from break_glass k where k.change_id = g.change_id and k.digest = g.digest
                       and k.confirmed_at <= g.at and g.at < k.until_at)""");
    }

    private void orders() {
        var ordered = """
                select o.action || ' of ring ' || o.ring || ' at ' || o.at from host_order o
                 where o.change_id = :change and cardinality(o.assets) > 0 and o.at > :since and
                """;
        var installed = ordered + " o.action = 'install' and o.purpose = 'rollout' and ";
        law("1 no order without a release for exactly this, in its time", ordered + """
                not exists (select from release_token r where r.id = o.release and r.change_id = o.change_id
                       and r.revision = o.revision and r.ring = o.ring and r.action = o.action and r.attempt = o.attempt
                       and r.digest = o.digest and r.not_before <= o.at and o.at < r.not_after)""");
        law("1 no installation without a gate that opened for it", installed + """
                not exists (select from gate_answer g where g.change_id = o.change_id and g.revision = o.revision
                       and g.ring = o.ring and g.digest = o.digest and g.open and g.at <= o.at)""");
        law("1 no installation without an approval or a broken glass", installed + """
                not exists (select from ballot b where b.change_id = o.change_id and b.revision = o.revision
                       and b.digest = o.digest and b.purpose = 'authorization' and b.outcome = 'approved'
                       and b.decided_at <= o.at)
                and not exists (select from break_glass k where k.change_id = o.change_id and k.digest = o.digest
                       and k.confirmed_at <= o.at and o.at < k.until_at)""");
        law("1 no installation outside the window", installed + """
                not exists (select from booking b where b.change_id = o.change_id and b.revision = o.revision
                       and b.starts_at <= o.at and o.at < b.ends_at)""");
        law("1 no installation while everything is stopped", installed + """
                exists (select from kill_switch k where k.set_at < o.at and (k.lifted_at is null or k.lifted_at > o.at))""");
        law("1 a test installs in the lab only", ordered + """
                o.action = 'install' and o.purpose = 'test'
                and exists (select from unnest(o.assets) a join asset s on s.id = a where s.environment <> 'lab')""");
        law("1 nothing is installed that was not ordered", """
                select 'host ' || h.asset from simulated_host h
                  join change_asset s on s.asset = h.asset and s.package = h.package and s.target_version = h.version
                 where s.change_id = :change and :since = :since
                   and not exists (select from host_order o where o.change_id = s.change_id and o.action = 'install'
                                      and h.asset = any(o.assets))""");
    }

    private void duties() {
        law("3 nobody holds two duties that exclude each other", """
                with forbidden (one, other) as (values
                    ('TRIAGE', 'ACCEPT_RISK'), ('PLAN', 'VOTE'), ('PLAN', 'TEST'), ('PLAN', 'VERIFY'),
                    ('STATE_IMPACT', 'IMPLEMENT'), ('TEST', 'REQUEST'), ('TEST', 'IMPLEMENT'), ('VOTE', 'REQUEST'),
                    ('STATE_SECURITY_IMPACT', 'REQUEST'), ('VOTE', 'IMPLEMENT'), ('IMPLEMENT', 'VERIFY'),
                    ('ACCEPT_RISK', 'REQUEST'), ('ACCEPT_RISK', 'ASK_EXCEPTION'), ('MANAGE', 'REQUEST'),
                    ('MANAGE', 'IMPLEMENT'), ('APPROVE_AFTERWARDS', 'BREAK_GLASS'), ('APPROVE_AFTERWARDS', 'REQUEST'),
                    ('APPROVE_AFTERWARDS', 'PLAN')),
                did (login, duty) as (
                    select requester, 'REQUEST' from change_record where id = :change
                    union select author, 'PLAN' from plan_revision where change_id = :change
                    union select login, 'VOTE' from vote where change_id = :change and decision <> 'recuse'
                    union select person, 'TEST' from statement where change_id = :change and kind = 'test-sign-off'
                    union select person, 'VERIFY' from statement where change_id = :change and kind = 'closure'
                    union select person, 'STATE_IMPACT' from statement
                           where change_id = :change and kind = 'business-impact'
                    union select person, 'STATE_SECURITY_IMPACT' from statement
                           where change_id = :change and kind = 'security-impact'
                    union select person, 'TRIAGE' from statement where change_id = :change and kind = 'triage'
                    union select accepted_by, 'ACCEPT_RISK' from risk_exception where change_id = :change
                    union select requested_by, 'ASK_EXCEPTION' from exception_request where change_id = :change
                    union select broken_by, 'BREAK_GLASS' from break_glass where change_id = :change
                    union select confirmed_by, 'BREAK_GLASS' from break_glass where change_id = :change
                    union select judged_by, 'APPROVE_AFTERWARDS' from break_glass where change_id = :change
                    union select p.login, d.duty from duty_held d join person p on p.id = d.person
                           where d.change_id = :change),
                humans as (select %s as human, d.duty, d.login from did d join person p on p.login = d.login)
                select a.login || ' ' || a.duty || ', ' || b.login || ' ' || b.duty
                  from humans a join humans b on a.human = b.human
                  join forbidden f on (f.one = a.duty and f.other = b.duty) where :since = :since""".formatted(HUMAN.formatted("p")));
    }

    private void votes() {
        law("3 only members vote, or approved substitutes of members", """
                select v.login || ' at ' || v.at from vote v join person p on p.login = v.login
                  join change_record c on c.id = v.change_id
                 where v.change_id = :change and v.at > :since
                   and (not p.enabled or not exists (
                       select from membership m left join substitution s on s.substitute = p.id and s.absent = m.person
                              and s.approved_at <= c.opened_at and s.valid_from <= v.at and v.at < s.valid_to
                        where (m.person = p.id or s.id is not null) and m.team = any(v.teams)
                          and m.valid_from <= v.at and v.at < m.valid_to))""");
        law("4 a vote is on the newest plan and its digest", """
                select v.login || ' on revision ' || v.revision from vote v
                 where v.change_id = :change and v.at > :since
                   and (v.revision, v.digest) is distinct from (select (p.revision, p.digest) from plan_revision p
                         where p.change_id = v.change_id and p.at <= v.at order by p.revision desc limit 1)""");
        law("3 one vote of a human being counts", """
                select 'revision ' || v.revision from vote v join person p on p.login = v.login
                 where v.change_id = :change and v.replaced_at is null and :since = :since
                 group by v.revision, v.round, %s having count(*) > 1""".formatted(HUMAN.formatted("p")));
        law("2 a vote comes while the ballot is open", """
                select v.login from vote v join ballot b
                    on b.change_id = v.change_id and b.revision = v.revision and b.round = v.round
                 where v.change_id = :change and v.at > :since
                   and (v.at > b.deadline or v.at < b.opened_at or v.at > b.decided_at)""");
        law("2 whatever is no plain approval says why", """
                select login from vote where change_id = :change and decision <> 'approve' and trim(comment) = ''
                   and :since = :since""");
    }

    private void closing() {
        law("5 only verification closes as completed", """
                select s.asset || ' ' || s.package from change_record c join change_asset s on s.change_id = c.id
                 where c.id = :change and c.outcome = 'completed' and :since = :since
                   and coalesce((select v.fixed from verification v where v.change_id = c.id and v.asset = s.asset
                                    and v.package = s.package order by v.id desc limit 1), false) = false""");
        law("5 what is closed was signed by who verifies, or its rest carried by who owns the risk", """
                select c.id from change_record c where c.id = :change and :since = :since
                   and c.outcome in ('completed', 'completed-with-exceptions') and not exists (
                       select from statement s where s.change_id = c.id and s.kind = 'closure')
                   and not (c.outcome = 'completed-with-exceptions' and exists (
                       select from risk_exception e where e.change_id = c.id and e.accepted_by <> ''))""");
        law("5 what is not fixed at the end is excepted", """
                select s.asset || ' ' || s.package from change_record c join change_asset s on s.change_id = c.id
                 where c.id = :change and c.outcome = 'completed-with-exceptions' and c.closed_at > :since
                   and coalesce((select v.fixed from verification v where v.change_id = c.id and v.asset = s.asset
                                    and v.package = s.package order by v.id desc limit 1), false) = false
                   and not exists (select from risk_exception e where e.change_id = c.id
                                      and (e.asset is null or e.asset = s.asset) and e.until_at > c.closed_at)""");
        law("5 what is closed has no open finding on a host without an exception", """
                select f.cve || ' on ' || f.asset from change_record c join finding f on f.change_id = c.id
                 where c.id = :change and c.outcome = 'completed' and c.closed_at > :since and f.state = 'open'
                   and not exists (select from verification v where v.change_id = c.id and v.asset = f.asset and v.fixed)""");
    }

    private void exceptions() {
        law("7 every exception ends, and not by whoever asked", """
                select 'exception ' || e.id from risk_exception e
                  join person a on a.login = e.requested_by join person b on b.login = e.accepted_by
                 where e.change_id = :change and :since = :since
                   and (%s = %s or e.until_at is null or e.until_at > e.from_at + interval '366 days')""".formatted(
                        HUMAN.formatted("a"), HUMAN.formatted("b")));
        law("7 no exception outlives its date once dates are minded", """
                select 'request ' || q.id from exception_request q
                 where q.change_id = :change and q.decision = 'accepted' and :since = :since
                   and exists (select from risk_exception e where e.request = q.id and e.ended_at > e.until_at + interval '1 day')""");
    }

    private void brokenGlass() {
        law("8 two of the roster, one plan, few hosts, four hours, after the board's hour", """
                select 'glass ' || k.id from break_glass k
                  join person a on a.login = k.broken_by join person b on b.login = k.confirmed_by
                 where k.change_id = :change and k.confirmed_at > :since
                   and (%s = %s or k.hosts > 50 or k.until_at > k.confirmed_at + interval '4 hours'
                     or k.digest is distinct from (select p.digest from plan_revision p where p.change_id = k.change_id
                            order by p.revision desc limit 1)
                     or exists (select from change_record c where c.id = k.change_id and c.class <> 'emergency')
                     or not exists (select from ballot t where t.change_id = k.change_id and t.authority = 'ecab'
                            and t.deadline <= k.broken_at and t.outcome = 'expired')
                     or (select count(distinct m.person) from membership m where m.person in (a.id, b.id)
                            and m.team in ('on-call', 'security-representative')
                            and m.valid_from <= k.confirmed_at and k.confirmed_at < m.valid_to) < 2)""".formatted(
                        HUMAN.formatted("a"), HUMAN.formatted("b")));
        law("8 those passed over are told with the deed", """
                select 'glass ' || k.id from break_glass k
                 where k.change_id = :change and k.confirmed_at > :since and not exists (
                       select from outbox o where o.change_id = k.change_id
                          and o.created_at between k.confirmed_at and k.confirmed_at + interval '1 minute'
                          and o.text_body like '%' || k.incident || '%')
                   and exists (select from audit_entry e where e.change_id = k.change_id and e.action = 'window-booked'
                          and e.at > k.confirmed_at)""");
    }

    private void receipts() {
        law("6 every vote rests on a receipt", """
                select 'revision ' || b.revision from ballot b where b.change_id = :change and :since = :since
                   and not exists (select from receipt r where r.id = b.receipt and r.change_id = b.change_id)""");
        law("6 class, priority and deadlines rest on receipts", """
                select c.id || ' ' || d.name from change_record c
                 cross join (values ('change-classification'), ('priority')) d (name)
                 where c.id = :change and :since = :since
                   and case d.name when 'priority' then c.priority else c.class end is not null
                   and not exists (select from receipt r where r.change_id = c.id and r.decision = d.name)""");
    }

    private void record() {
        law("9 the trail is whole", """
                select e.chain || ' row ' || e.seq from audit_entry e
                  left join audit_entry before on before.chain = e.chain and before.seq = e.seq - 1
                 where e.change_id = :change and :since = :since
                   and ((e.seq > 1 and e.previous_hash is distinct from before.hash)
                        or e.content_digest <> sha256(convert_to(e.content, 'UTF8')))""");
        law("9 what people did is in the trail under their name", """
                select s.kind || ' by ' || s.person from statement s
                 where s.change_id = :change and s.at > :since and not exists (
                       select from audit_entry e where e.change_id = s.change_id and e.actor = s.person
                          and e.at = s.at and e.action = s.kind || '-stated')
                union all
                select 'vote by ' || v.login from vote v where v.change_id = :change and v.at > :since and not exists (
                       select from audit_entry e where e.change_id = v.change_id and e.actor = v.login and e.at = v.at)""");
        law("11 nobody is told the same thing twice", """
                select o.template || ' to ' || o.recipient || ' at ' || o.created_at from outbox o
                 where o.change_id = :change and o.created_at > :since
                 group by o.template, o.recipient, o.subject, o.text_body, o.created_at having count(*) > 1""");
        law("11 no host is ordered twice in one attempt", """
                select 'asset ' || a || ' ring ' || o.ring from host_order o cross join unnest(o.assets) a
                 where o.change_id = :change and :since = :since
                 group by a, o.ring, o.revision, o.action, o.purpose, o.attempt having count(*) > 1""");
    }
}
