-- Every decision leaves a receipt that re-evaluates to the same answer years later.
create table receipt (
  id               uuid        primary key,
  change_id        text        not null,
  decision         text        not null,                      -- DMN decision key
  decision_name    text        not null,
  decision_version integer     not null,
  decision_digest  text        not null,                      -- SHA-256 of the DMN resource, hex
  inputs           jsonb       not null,
  rules            jsonb       not null,                      -- [{id, description}] the rows hit
  outputs          jsonb       not null,
  at               timestamptz not null,
  number           bigint      generated always as identity,  -- tells apart what was decided in one moment
  occasion         text        not null default ''            -- why it was taken anew; empty for the first time
);
create index on receipt (change_id, at);
create index on receipt (decision, change_id, at);

-- One row per obligation that applies; the earliest due one binds.
create table remediation_deadline (
  change_id   text        not null,
  pack        text        not null,
  obligation  text        not null,
  citation    text        not null,
  clock_start timestamptz not null,
  due_at      timestamptz,                                    -- null: "fix at next system upgrade"
  action      text,
  receipt     uuid        not null references receipt,
  binding     boolean     not null,
  computed_at timestamptz not null,
  primary key (change_id, pack, obligation)
);
create index on remediation_deadline (receipt);

-- A new version of a decision table, from the proposal to what became of open changes. What was proposed is never edited:
-- whoever wants something else proposes something else.
create sequence policy_number;
create table policy_proposal (
  id               text        primary key check (id ~ '^POL-[0-9]{6,}$'),
  decision         text        not null,                      -- DMN decision key
  decision_name    text        not null,
  dmn              bytea       not null,
  digest           text        not null,                      -- SHA-256 of the DMN, hex
  reason           text        not null check (btrim(reason) <> ''),
  open_changes     text        not null check (open_changes in ('pin', 're-evaluate', 're-approve')),
  author           text        not null,
  proposed_at      timestamptz not null,
  base_version     integer     not null,                      -- the version it was written against
  base_digest      text        not null,
  state            text        not null check (state in ('proposed', 'unsound', 'waiting', 'approved', 'in-force',
                                                         'superseded', 'refused', 'withdrawn', 'outdated')),
  problems         text[]      not null default '{}',
  combinations     integer     not null default 0,            -- on how many combinations of inputs it was tested
  receipts         integer     not null default 0,            -- on how many decisions of the past it was tried
  due_at           timestamptz,
  decided_by       text,
  decided_at       timestamptz,
  decision_comment text        not null default '',
  version          integer,                                   -- the version that it became
  published_at     timestamptz,
  ended_at         timestamptz,
  ended_why        text        not null default '',
  check (state not in ('approved', 'in-force', 'superseded') or decided_by is not null and decided_by <> author),
  check (state not in ('in-force', 'superseded') or version is not null)
);
create unique index one_open_proposal on policy_proposal (decision) where state in ('proposed', 'waiting', 'approved');
create unique index one_table_in_force on policy_proposal (decision) where state = 'in-force';

create function refuse_edited_proposal() returns trigger language plpgsql as $$
begin
  if (new.id, new.decision, new.dmn, new.digest, new.reason, new.open_changes, new.author, new.proposed_at,
      new.base_version, new.base_digest)
     is distinct from (old.id, old.decision, old.dmn, old.digest, old.reason, old.open_changes, old.author,
                       old.proposed_at, old.base_version, old.base_digest) then
    raise exception 'what % proposes is not edited', old.id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger policy_proposal_is_not_edited before update on policy_proposal
  for each row execute function refuse_edited_proposal();

-- What the newest decision about a change would have been.
create table policy_difference (
  proposal  text  not null references policy_proposal,
  change_id text  not null,
  receipt   uuid  not null references receipt,
  inputs    jsonb not null,
  before    jsonb not null,
  after     jsonb not null,
  rules     text  not null,                                   -- what the rows hit say
  primary key (proposal, change_id)
);
create index on policy_difference (receipt);

-- What became of each change that was open when a table came into force.
create table policy_effect (
  proposal  text        not null references policy_proposal,
  change_id text        not null,
  wanted    text        not null check (wanted in ('pin', 're-evaluate', 're-approve')),
  effect    text        check (effect in ('pinned', 're-evaluated', 're-approved', 'closed')),
  detail    text        not null default '',
  at        timestamptz,
  primary key (proposal, change_id),
  check ((effect is null) = (at is null))
);
create index on policy_effect (change_id);

-- A change that keeps the version of a table with which it began.
create table policy_pin (
  change_id text        not null,
  decision  text        not null,
  version   integer     not null,
  digest    text        not null,
  proposal  text        not null references policy_proposal,
  at        timestamptz not null,
  primary key (change_id, decision)
);
create index on policy_pin (proposal);

-- Tables as builds brought them: one that no build has brought before is news.
create table policy_built (
  decision   text        not null,
  digest     text        not null,
  first_seen timestamptz not null,
  primary key (decision, digest)
);
