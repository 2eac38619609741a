-- Who did what on a change, and what therefore nobody else of theirs may do (law 3). One set of functions answers the
-- code, the proof and the triggers, so that none of them can be more lenient than the others.
create table duty (
  name    text    primary key,
  decides boolean not null,                                   -- says yes or no for the organisation
  gains   boolean not null                                    -- wants that yes
);
insert into duty (name, decides, gains) values
  ('REQUEST', false, true), ('TRIAGE', false, false), ('PLAN', false, true), ('STATE_IMPACT', false, false),
  ('STATE_SECURITY_IMPACT', true, false), ('TEST', true, false), ('MANAGE', true, false), ('VOTE', true, true),
  ('IMPLEMENT', false, true), ('OPERATE', false, false), ('VERIFY', true, false), ('ASK_EXCEPTION', false, true),
  ('ACCEPT_RISK', true, false), ('REVIEW', false, false), ('BREAK_GLASS', false, true),
  ('APPROVE_AFTERWARDS', true, false), ('PROPOSE_POLICY', false, true), ('DECIDE_POLICY', true, false);

-- The role by which a duty is taken: who gave it to somebody has a hand in what that person decides.
create table duty_team (
  duty text not null references duty,
  team text not null references team,
  primary key (duty, team)
);
insert into duty_team (duty, team) values
  ('STATE_SECURITY_IMPACT', 'security-representative'), ('TEST', 'tester'), ('MANAGE', 'change-manager'),
  ('VOTE', 'cab'), ('VOTE', 'ecab'), ('VOTE', 'change-manager'), ('VOTE', 'security-representative'),
  ('VERIFY', 'verifier'), ('ACCEPT_RISK', 'risk-owner'), ('APPROVE_AFTERWARDS', 'cab'),
  ('APPROVE_AFTERWARDS', 'ecab'), ('APPROVE_AFTERWARDS', 'change-manager'),
  ('DECIDE_POLICY', 'policy-approver');

create table duty_conflict (
  duty  text not null references duty,
  other text not null references duty,
  primary key (duty, other),
  check (duty <> other)
);
insert into duty_conflict (duty, other)
  with half (one, two) as (values
    ('TRIAGE', 'ACCEPT_RISK'), ('PLAN', 'VOTE'), ('PLAN', 'TEST'), ('PLAN', 'VERIFY'), ('STATE_IMPACT', 'IMPLEMENT'),
    ('TEST', 'REQUEST'), ('TEST', 'IMPLEMENT'), ('STATE_SECURITY_IMPACT', 'REQUEST'), ('VOTE', 'REQUEST'),
    ('VOTE', 'IMPLEMENT'), ('IMPLEMENT', 'VERIFY'), ('ACCEPT_RISK', 'REQUEST'), ('ACCEPT_RISK', 'ASK_EXCEPTION'),
    ('MANAGE', 'REQUEST'), ('MANAGE', 'IMPLEMENT'), ('APPROVE_AFTERWARDS', 'BREAK_GLASS'),
    ('APPROVE_AFTERWARDS', 'REQUEST'), ('APPROVE_AFTERWARDS', 'PLAN'), ('APPROVE_AFTERWARDS', 'IMPLEMENT'),
    ('APPROVE_AFTERWARDS', 'OPERATE'), ('PROPOSE_POLICY', 'DECIDE_POLICY'))
  select one, two from half union select two, one from half;

-- What people did, from the rows that their deeds left, not only from the list of duties taken.
create view duty_evidence as
  select d.change_id, d.person, d.duty, d.at, 'task completed' as source from duty_held d
  union all
  select c.id, p.id, 'REQUEST', c.opened_at, 'record opened'
    from change_record c join person p on p.login = c.requester
  union all
  select r.change_id, p.id, 'PLAN', r.at, 'revision ' || r.revision || ' written'
    from plan_revision r join person p on p.login = r.author
  union all
  select v.change_id, v.person, 'VOTE', v.at, 'vote on revision ' || v.revision
    from vote v where v.decision <> 'recuse'
  union all
  select s.change_id, p.id,
         case s.kind when 'test-sign-off' then 'TEST' when 'closure' then 'VERIFY'
                     when 'business-impact' then 'STATE_IMPACT' else 'STATE_SECURITY_IMPACT' end,
         s.at, s.kind || ' stated'
    from statement s join person p on p.login = s.person
   where s.kind in ('test-sign-off', 'closure', 'business-impact', 'security-impact')
  union all
  select e.change_id, p.id, 'ACCEPT_RISK', e.from_at, 'exception ' || e.id || ' accepted'
    from risk_exception e join person p on p.login = e.accepted_by
  union all
  select e.change_id, p.id, 'ASK_EXCEPTION', e.from_at, 'exception ' || e.id || ' asked for'
    from risk_exception e join person p on p.login = e.requested_by
  union all
  select q.change_id, p.id, 'ASK_EXCEPTION', q.requested_at, 'request ' || q.id || ' made'
    from exception_request q join person p on p.login = q.requested_by
  union all
  select y.id, p.id, 'PROPOSE_POLICY', y.proposed_at, 'policy proposed'
    from policy_proposal y join person p on p.login = y.author
  union all
  select y.id, p.id, 'DECIDE_POLICY', y.decided_at, 'policy decided on'
    from policy_proposal y join person p on p.login = y.decided_by;

-- When somebody asked for it: for the change, or for the change of a policy.
create function asked_for_at(subject text) returns timestamptz language sql stable as $$
  select c.opened_at from patchboard.change_record c where c.id = subject
  union all
  select y.proposed_at from patchboard.policy_proposal y where y.id = subject
$$;

-- A substitute counts on a change, or on the change of a policy, only when the substitution was settled before anybody
-- asked for it.
create function effective_membership_on(moment timestamptz, change text) returns table (person bigint, team text)
language sql stable as $$
  select m.person, m.team from patchboard.membership m
   where m.valid_from <= moment and moment < m.valid_to
  union
  select s.substitute, m.team
    from patchboard.substitution s join patchboard.membership m on m.person = s.absent
   where s.valid_from <= moment and moment < s.valid_to
     and s.approved_at <= least(moment, coalesce(patchboard.asked_for_at(change), moment))
     and m.valid_from <= moment and moment < m.valid_to
     and m.team <> 'camunda-admin'
$$;

-- Everything that stands against a person taking a duty: what they did themselves under any login, what those did for
-- whom they stand in (at any time since the change was opened), what was done in their stead, and roles given.
create function duty_against(change text, candidate bigint, wanted text, moment timestamptz)
returns table (holder bigint, duty text, relation text, at timestamptz) language sql stable as $$
  with me as (select patchboard.human(candidate) as id),
  done as (select e.*, patchboard.human(e.person) as human from patchboard.duty_evidence e where e.change_id = change),
  opened as (select coalesce(patchboard.asked_for_at(change), moment) as at),
  stood as (
    select patchboard.human(s.absent) as absent, patchboard.human(s.substitute) as substitute,
           s.valid_from, s.valid_to
      from patchboard.substitution s, me
     where s.approved_at is not null
       and me.id in (patchboard.human(s.absent), patchboard.human(s.substitute))),
  conflicting as (
    select done.* from done join patchboard.duty_conflict c on c.other = done.duty where c.duty = wanted),
  -- Memberships that the deciding duties of a person rest on, with whoever granted them or the way to them.
  grants as (
    select m.person as grantee, t.duty, g.id as grantor, m.valid_from, m.valid_to
      from patchboard.membership m join patchboard.duty_team t on t.team = m.team
      join patchboard.person g on g.login = m.granted_by
    union all
    select s.substitute, t.duty, g.id, s.valid_from, s.valid_to
      from patchboard.substitution s join patchboard.membership m on m.person = s.absent
      join patchboard.duty_team t on t.team = m.team
      join patchboard.person g on g.login in (s.recorded_by, s.approved_by)
     where s.approved_at is not null and g.id <> s.absent)
  select c.person, c.duty, 'self', c.at from conflicting c, me where c.human = me.id
  union
  select c.person, c.duty, 'absent', c.at
    from conflicting c, me, opened, stood s
   where s.substitute = me.id and c.human = s.absent
     and s.valid_from <= moment and s.valid_to > opened.at
  union
  select c.person, c.duty, 'substitute', c.at
    from conflicting c, me, stood s
   where s.absent = me.id and c.human = s.substitute and s.valid_from <= c.at and c.at < s.valid_to
  union
  select d.person, d.duty, 'granter', d.at
    from me, grants g join done d on d.human = patchboard.human(g.grantor)
    join patchboard.duty gains on gains.name = d.duty and gains.gains
   where g.duty = wanted and patchboard.human(g.grantee) = me.id and d.human <> me.id
     and g.valid_from <= moment and moment < g.valid_to
     and exists (select from patchboard.duty w where w.name = wanted and w.decides)
  union
  select d.person, d.duty, 'grantee', d.at
    from me, grants g join done d on patchboard.human(g.grantee) = d.human and g.duty = d.duty
   where patchboard.human(g.grantor) = me.id and d.human <> me.id
     and g.valid_from <= d.at and d.at < g.valid_to
     and exists (select from patchboard.duty w where w.name = wanted and w.gains)
     and exists (select from patchboard.duty w where w.name = d.duty and w.decides)
$$;

-- The last wall: no door of ours or of the engine, and no statement typed by hand, writes a duty against the rules.
create function refuse_conflicting_duty() returns trigger language plpgsql as $$
declare
  wanted text := case tg_table_name when 'vote' then 'VOTE' else to_jsonb(new) ->> 'duty' end;
begin
  if tg_table_name = 'vote' and to_jsonb(new) ->> 'decision' = 'recuse' then
    return new;
  end if;
  if exists (select from patchboard.duty_against(new.change_id, new.person, wanted, new.at)) then
    raise exception 'duties on % conflict: person % may not take %', new.change_id, new.person, wanted
      using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger duty_held_without_conflict before insert or update on duty_held
  for each row execute function refuse_conflicting_duty();
create trigger vote_without_conflict before insert on vote
  for each row execute function refuse_conflicting_duty();
alter table duty_held add foreign key (duty) references duty;
