-- What the world says about a CVE. Each feed owns its table, so that a feed can be replaced without touching another.
create table vulnerability (
  cve            text primary key check (cve ~ '^CVE-[0-9]{4}-[0-9]{4,}$'),
  summary        text,
  published_at   timestamptz,
  modified_at    timestamptz,
  status         text,
  cvss3_vector   text,
  cvss3_score    numeric(3, 1),                               -- computed from the vector, never read on trust
  cvss4_vector   text,
  cvss4_score    numeric(3, 1),
  cwes           text[] not null default '{}',
  source         text   not null check (source in ('nvd', 'cve-list')),  -- NVD's word stands over the CVE list's
  changed_at     timestamptz not null                         -- when what is said here came in; so in each table below
);

create table kev_entry (
  cve             text primary key,
  vendor          text not null,
  product         text not null,
  name            text not null,
  date_added      date not null,
  due_date        date,
  required_action text,
  ransomware      boolean not null,
  notes           text,
  withdrawn_at    timestamptz,                                -- absent from a later catalogue
  changed_at      timestamptz not null
);

create table epss_score (
  cve        text primary key,
  score      numeric(6, 5) not null,
  percentile numeric(6, 5) not null,
  score_date date not null,
  changed_at timestamptz not null
) with (fillfactor = 50);                                     -- every row changes every day: room to do so in place

create table ssvc_assessment (
  cve              text primary key,
  exploitation     text not null check (exploitation in ('none', 'poc', 'active')),
  automatable      boolean not null,
  technical_impact text not null check (technical_impact in ('partial', 'total')),
  assessed_at      timestamptz,
  changed_at       timestamptz not null
);

create table feed_import (
  id        bigint generated always as identity primary key,
  feed      text        not null,
  digest    bytea       not null,
  edition   timestamptz,                                      -- the feed's own date, where it has one
  actor     text        not null,
  at        timestamptz not null,
  read      integer     not null,
  created   integer     not null,
  updated   integer     not null,
  unchanged integer     not null
);
