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
  started_at    timestamptz,
  finished_at   timestamptz,
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
  fence      bigint,
  state      text        not null check (state in ('intended', 'ordered', 'finished', 'faulted')),
  fault      text,
  log        text,
  at         timestamptz not null,
  finished_at timestamptz,
  unique (change_id, revision, ring, action, attempt, batch)
);

-- Seen by something that is not the installer.
create table verification (
  id          bigint generated always as identity primary key,
  change_id   text        not null,
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
