-- Work that goes ahead without an approval: two people, a reason, an incident, exactly one plan, bounded, judged afterwards.
create table break_glass (
  id           bigint generated always as identity primary key,
  change_id    text        not null,
  revision     integer     not null,
  digest       text        not null,
  hosts        integer     not null,
  reason       text        not null check (reason <> ''),
  incident     text        not null check (incident <> ''),
  broken_by    text        not null,
  broken_at    timestamptz not null,
  confirmed_by text        check (confirmed_by <> broken_by),
  confirmed_at timestamptz,
  until_at     timestamptz,
  given_up_at  timestamptz,                                   -- nobody confirmed, or somebody refused
  verdict      text        check (verdict in ('justified', 'not-justified')),
  verdict_text text        not null default '',
  judged_by    text        check (judged_by not in (broken_by, confirmed_by)),
  judged_at    timestamptz,
  check ((confirmed_by is null) = (confirmed_at is null) and (confirmed_by is null) = (until_at is null)),
  check (until_at <= confirmed_at + interval '4 hours')
);
create index on break_glass (change_id);

-- A password given again within the last minutes, for what must not be done from a forgotten session.
create table reauthentication (
  person bigint      primary key references person,
  at     timestamptz not null
);

-- As in the roll-out's migration, and under a broken glass for exactly this plan.
create or replace function refuse_unreleased_order() returns trigger language plpgsql as $$
begin
  if cardinality(new.assets) = 0 then
    return new;
  end if;
  if not exists (select from patchboard.release_token r
                  where r.id = new.release and r.change_id = new.change_id and r.revision = new.revision
                    and r.ring = new.ring and r.action = new.action and r.purpose = new.purpose
                    and r.attempt = new.attempt and r.digest = new.digest) then
    raise exception 'hosts of % are ordered without a release', new.change_id using errcode = 'check_violation';
  end if;
  if new.purpose = 'rollout' and new.action = 'install'
     and not exists (select from patchboard.ballot b
                      where b.change_id = new.change_id and b.revision = new.revision and b.digest = new.digest
                        and b.purpose = 'authorization' and b.outcome = 'approved')
     and not exists (select from patchboard.break_glass g
                      where g.change_id = new.change_id and g.revision = new.revision and g.digest = new.digest
                        and g.confirmed_at is not null and g.verdict is distinct from 'not-justified') then
    raise exception 'hosts of % are ordered without an approval', new.change_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
