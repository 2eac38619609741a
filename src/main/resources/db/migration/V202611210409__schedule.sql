-- Local date-time and IANA zone: an instant would drift an hour at daylight saving.
create table calendar_entry (
  id          bigint generated always as identity primary key,
  kind        text        not null check (kind in ('window', 'freeze')),
  name        text        not null,
  zone        text        not null,
  starts      timestamp   not null,
  duration    interval    not null,
  rrule       text,                                           -- RFC 5545; null: once
  exdates     timestamp[] not null default '{}',
  scope_kind  text        not null check (scope_kind in ('all', 'maintenance-group', 'tag', 'asset')),
  scope_value text,
  permits     text[]      not null default '{}',              -- for a freeze: classes allowed all the same
  created_by  text        not null,
  created_at  timestamptz not null,
  deleted_at  timestamptz,
  check ((scope_kind = 'all') = (scope_value is null))
);
create index on calendar_entry (kind, scope_kind, scope_value);

create table booking (
  change_id   text        not null,
  revision    integer     not null,
  sequence    integer     not null,                           -- of the calendar invitation
  window_id   bigint      references calendar_entry,
  window_name text        not null,
  zone        text        not null,
  starts_at   timestamptz not null,
  ends_at     timestamptz not null,
  state       text        not null check (state in ('booked', 'cancelled', 'missed', 'used')),
  booked_at   timestamptz not null,
  primary key (change_id, sequence),
  check (starts_at < ends_at)
);
create index on booking (window_id);
create index on booking (starts_at) where state = 'booked';

create table schedule_conflict (
  change_id  text        not null,
  revision   integer     not null,
  kind       text        not null,                            -- 'freeze', 'same-asset', 'ha-group', 'window-too-short' …
  hard       boolean     not null,
  detail     text        not null,
  found_at   timestamptz not null,
  waived_by  text,
  waiver     text,
  id         bigint generated always as identity primary key,
  gone_at    timestamptz                                     -- no longer found when somebody looked again
);
create unique index one_conflict on schedule_conflict (change_id, revision, kind, hard, md5(detail));

-- The window that was found; the owner consents when it is not the one wished for.
create table window_proposal (
  id          bigint generated always as identity primary key,
  change_id   text        not null,
  revision    integer     not null,
  window_id   bigint      not null references calendar_entry,
  window_name text        not null,
  zone        text        not null,
  starts_at   timestamptz not null,
  ends_at     timestamptz not null,
  wished_at   timestamptz,
  answer      text        check (answer in ('consented', 'refused', 'passed-over')),
  comment     text,
  answered_by text,
  proposed_at timestamptz not null,
  answered_at timestamptz,
  check (starts_at < ends_at)
);
create index on window_proposal (change_id, revision);
create index on window_proposal (window_id);

-- Looked at a day before and when the window opens; green as well as held.
create table pre_flight (
  id        bigint generated always as identity primary key,
  change_id text        not null,
  revision  integer     not null,
  stage     text        not null,
  green     boolean     not null,
  reasons   text[]      not null,
  at        timestamptz not null
);
create index on pre_flight (change_id, id);

-- Both answers of the gate are written down.
create table gate_answer (
  id        bigint generated always as identity primary key,
  change_id text        not null,
  revision  integer     not null,
  ring      integer     not null,
  open      boolean     not null,
  reasons   text[]      not null,
  digest    text        not null,
  at        timestamptz not null
);
create index on gate_answer (change_id, at);
