-- vulnerability × asset × package, from a scan. Closed by a scan that no longer sees it, never by a person.
create table finding (
  id                bigint generated always as identity primary key,
  asset             bigint      not null references asset,
  cve               text        not null,
  ecosystem         text        not null,
  package           text        not null,
  installed_version text        not null,
  fixed_version     text,                                     -- null: no fix known
  severity          text        not null check (severity in ('none', 'low', 'medium', 'high', 'critical', 'unknown')),
  scanner           text        not null,
  state             text        not null check (state in ('open', 'closed', 'not-affected')),
  first_seen        timestamptz not null,
  last_seen         timestamptz not null,
  closed_at         timestamptz,
  change_id         text,                                     -- the change that carries it, once one does
  unique (asset, cve, ecosystem, package, scanner)
);
create index on finding (cve);
-- What is open is asked for by package; a report writes findings by the ten thousand, and each index is paid for each.
create index on finding (package, ecosystem) where state = 'open';
create index on finding (change_id) where change_id is not null;

create table scan (
  id         bigint generated always as identity primary key,
  asset      bigint      not null references asset,
  scanner    text        not null,
  digest     bytea       not null,
  made_at    timestamptz,                                     -- when the scanner says it looked; null: it does not say
  actor      text        not null,
  at         timestamptz not null,
  findings   integer     not null,
  created    integer     not null,
  reopened   integer     not null,
  closed     integer     not null,
  unchanged  integer     not null,
  unmatched  integer     not null default 0                   -- reported, but newer in the inventory: not opened
);
create index on scan (asset, at desc);
