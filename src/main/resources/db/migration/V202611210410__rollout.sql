-- A ring of 10,000 hosts is one wait state in the engine and 10,000 rows here, handed out in fenced batches.
create sequence fence;
create table ring (
  change_id     text        not null,
  revision      integer     not null,
  number        integer     not null,
  name          text        not null,
  state         text        not null check (state in ('planned', 'running', 'soaking', 'passed', 'halted', 'backed-out', 'skipped')),
  soak          interval    not null,
  success_share integer     not null check (success_share between 1 and 100),
  deployer      text        not null,
  kind          text        not null check (kind in ('lab', 'canary', 'pilot', 'broad')),
  digest        text        not null,                         -- of the plan it was cut from
  reboot        text        not null check (reboot in ('never', 'if-required', 'always')),
  started_at    timestamptz,
  finished_at   timestamptz,
  stopped_at    timestamptz,                                  -- from then on no host is handed out
  stopped_why   text,
  halted_at     timestamptz,                                  -- the last time; the review asks whether it ever was
  primary key (change_id, revision, number)
);

create table ring_host (
  change_id  text        not null,
  revision   integer     not null,
  ring       integer     not null,
  asset      bigint      not null references asset,
  state      text        not null check (state in ('planned', 'ordered', 'installed', 'failed', 'unreachable', 'excluded',
                            'backing-out', 'backed-out', 'back-out-failed')),
  attempt    integer     not null default 0,
  fence      bigint,
  reboot_pending boolean not null default false,
  detail     text,
  ordered_at timestamptz,
  finished_at timestamptz,
  primary key (change_id, revision, asset),
  foreign key (change_id, revision, ring) references ring
);
create index on ring_host (asset);
create index on ring_host (change_id, revision, ring, state);

-- What each host must get, and what it had before: an order needs both, the second for the way back.
create table ring_step (
  change_id    text    not null,
  revision     integer not null,
  asset        bigint  not null,
  ecosystem    text    not null,
  package      text    not null,
  from_version text    not null,                              -- empty: was not there
  to_version   text    not null,
  primary key (change_id, revision, asset, ecosystem, package),
  foreign key (change_id, revision, asset) references ring_host
);

-- Signed leave to work on hosts, for one attempt at one ring of one plan. Verified before any adapter is called.
create table release_token (
  id         uuid        primary key,
  change_id  text        not null,
  revision   integer     not null,
  ring       integer     not null,
  action     text        not null check (action in ('dry-run', 'install', 'back-out')),
  purpose    text        not null check (purpose in ('rollout', 'test')),
  attempt    integer     not null,
  digest     text        not null,
  token      text        not null,                            -- JWS, EdDSA
  not_before timestamptz not null,
  not_after  timestamptz not null,
  issued_at  timestamptz not null,
  used_at    timestamptz,
  check (not_before < not_after)
);
create index on release_token (change_id, revision, ring);

-- Stops every roll-out of the house at once.
create table kill_switch (
  id         bigint generated always as identity primary key,
  reason     text        not null,
  set_by     text        not null,
  set_at     timestamptz not null,
  lifted_by  text        check (lifted_by <> set_by),
  lifted_why text,
  lifted_at  timestamptz
);
create unique index one_kill_switch_in_force on kill_switch ((true)) where lifted_at is null;

-- Order and result are two steps: the intent is here before anything leaves the house.
create table host_order (
  id         uuid        primary key,
  change_id  text        not null,
  revision   integer     not null,
  ring       integer     not null,
  action     text        not null check (action in ('dry-run', 'install', 'back-out')),
  attempt    integer     not null,
  batch      integer     not null,
  deployer   text        not null,
  digest     text        not null,
  purpose    text        not null default 'rollout' check (purpose in ('rollout', 'test')),
  assets     bigint[]    not null,                            -- the hosts of the batch; empty: only look whether the ring is in
  release    uuid        references release_token,            -- the leave under which it was given
  fence      bigint,
  state      text        not null check (state in ('intended', 'ordered', 'finished', 'faulted', 'withdrawn')),
  tries      integer     not null default 0,
  fault      text,
  log        text,
  results    jsonb,                                           -- {asset: {state, rebootPending, detail}} as reported
  at         timestamptz not null,
  finished_at timestamptz,
  unique (change_id, revision, ring, action, attempt, batch)
);

create index on host_order (change_id, revision, ring, state);
create index on host_order (release);

-- The last wall before an adapter, whoever writes the row: hosts are ordered only under a release for exactly this, and
-- installed only on an approval of exactly this plan (law 1).
create function refuse_unreleased_order() returns trigger language plpgsql as $$
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
                        and b.purpose = 'authorization' and b.outcome = 'approved') then
    raise exception 'hosts of % are ordered without an approval', new.change_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger host_order_is_released before insert on host_order
  for each row execute function refuse_unreleased_order();

-- One test of a plan: dry run on the canary ring, installation on the lab ring.
create table test_run (
  change_id   text        not null,
  revision    integer     not null,
  number      integer     not null,
  state       text        not null check (state in ('running', 'passed', 'failed')),
  summary     text        not null default '',
  started_at  timestamptz not null,
  finished_at timestamptz,
  primary key (change_id, revision, number)
);

-- One look at all hosts of a change. Its rows below are kept whole: what was seen then is evidence.
create table verification_run (
  change_id   text        not null,
  number      integer     not null,
  purpose     text        not null check (purpose in ('fixed', 'soak', 'back-out')),
  revision    integer     not null,
  ring        integer,                                        -- null: every host in scope
  source      text        not null,
  state       text        not null check (state in ('running', 'finished', 'faulted')),
  tries       integer     not null default 0,
  fault       text,
  started_at  timestamptz not null,
  finished_at timestamptz,
  primary key (change_id, number)
);

-- Seen by something that is not the installer.
create table verification (
  id          bigint generated always as identity primary key,
  change_id   text        not null,
  run         integer     not null,
  asset       bigint      not null references asset,
  source      text        not null,
  ecosystem   text        not null,
  package     text        not null,
  seen_version text,
  wanted_version text     not null,
  fixed       boolean     not null,
  reboot_pending boolean  not null,
  detail      text        not null default '',
  at          timestamptz not null
);
create index on verification (change_id, asset, at);
create index on verification (asset);

-- The simulator's world: what its deployer did is what its probe sees. No real host is ever in here.
create table simulated_host (
  asset     bigint not null,
  ecosystem text   not null,
  package   text   not null,
  version   text   not null,
  reboot_pending boolean not null,
  primary key (asset, ecosystem, package)
);

create table simulated_order (
  key    text  primary key,
  report jsonb not null
);
