-- ITIL change record: one advisory bundle × one maintenance group.
create sequence change_number;
create table change_record (
  id                text        primary key check (id ~ '^CHG-[0-9]{6,}$'),
  title             text        not null,
  reason            text        not null,
  state             text        not null check (state in ('triage', 'planning', 'testing', 'authorizing', 'scheduled',
                                  'rolling-out', 'halted', 'verifying', 'review', 'closed', 'withdrawn')),
  outcome           text        check (outcome in ('completed', 'completed-with-exceptions', 'not-affected', 'refused',
                                  'backed-out', 'withdrawn')),
  class             text        check (class in ('standard', 'normal', 'emergency')),
  risk              text        check (risk in ('low', 'high')),
  priority          text        check (priority in ('critical', 'high', 'medium', 'low')),
  advisory          text        not null,                     -- e.g. deb/openssl: what is fixed together
  maintenance_group text        not null references maintenance_group,
  requester         text        not null,                     -- login, or rule:<name>
  forensic_triage   boolean     not null default false,
  due_at            timestamptz,
  due_pack          text,
  due_citation      text,
  opened_at         timestamptz not null,
  closed_at         timestamptz
);
create index on change_record (state);
create index on change_record (maintenance_group, advisory);
create index on change_record (opened_at desc);

create table change_vulnerability (
  change_id text not null references change_record,
  cve       text not null,
  primary key (change_id, cve)
);
create index on change_vulnerability (cve);

create table change_asset (                                    -- the hosts in scope, and what each must end up with
  change_id      text   not null references change_record,
  asset          bigint not null references asset,
  ecosystem      text   not null,
  package        text   not null,
  from_version   text   not null,
  target_version text   not null,
  primary key (change_id, asset, ecosystem, package)
);
create index on change_asset (asset);

create table plan_revision (
  change_id text        not null references change_record,
  revision  integer     not null check (revision > 0),
  digest    text        not null,                             -- SHA-256 of the canonical JSON, hex
  canonical text        not null,                             -- RFC 8785
  author    text        not null,
  at        timestamptz not null,
  primary key (change_id, revision)
);

-- What a person stated in a task: triage verdict, impact, test sign-off, go/no-go, closure, review …
create table statement (
  id        bigint generated always as identity primary key,
  change_id text        not null references change_record,
  revision  integer     not null default 0,                   -- 0: before there was a plan
  kind      text        not null,                             -- 'triage', 'business-impact', 'security-impact', 'test-sign-off' …
  verdict   text        not null,
  text      text        not null,
  person    text        not null,
  at        timestamptz not null
);
create index on statement (change_id, kind, at);

create table evidence_file (
  id         uuid        primary key,
  change_id  text        not null references change_record,
  kind       text        not null,                            -- 'test', 'deployment', 'verification', 'dry-run' …
  name       text        not null,
  media_type text        not null,
  sha256     bytea       not null,
  size       bigint      not null,
  content    bytea       not null,
  actor      text        not null,
  at         timestamptz not null
);
create index on evidence_file (change_id);

-- Where what is there has come to differ from a plan, and whether the table says that it voids the votes.
create table drift (
  change_id text        not null references change_record,
  revision  integer     not null,
  kind      text        not null,
  detail    text        not null,
  material  boolean     not null,
  receipt   uuid        not null,
  found_at  timestamptz not null
);
create unique index one_drift on drift (change_id, revision, kind, md5(detail));
