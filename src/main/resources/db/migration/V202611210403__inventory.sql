-- NIST SP 800-40r4: assets that share owner, windows, rings and plans.
create table maintenance_group (
  id          text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name        text not null,
  owner       text not null,                                  -- login of the asset owner
  zone        text not null default 'UTC',                    -- IANA
  deployer    text not null check (deployer in ('ansible', 'manual', 'simulator')),
  verifier    text not null check (verifier in ('dpkg-query', 'report', 'simulator'))
);

create table asset (
  id             bigint generated always as identity primary key,
  name           text        not null unique,
  kind           text        not null check (kind in ('server', 'workstation', 'network-device', 'container-image')),
  os_family      text,
  os_name        text,
  os_version     text,
  kernel         text,
  address        text,
  maintenance_group text references maintenance_group,
  criticality    text        not null default 'medium' check (criticality in ('low', 'medium', 'high', 'very-high')),
  exposure       text        not null default 'internal' check (exposure in ('internal', 'public')),
  environment    text        not null default 'production' check (environment in ('lab', 'test', 'production')),
  ha_group       text,
  owner          text,
  tags           text[]      not null default '{}',
  source         text        not null,
  first_seen     timestamptz not null,
  last_seen      timestamptz not null,
  changed_at     timestamptz not null,
  packages_at    timestamptz                                  -- when its packages were last told; null: never
);
create index on asset (maintenance_group);
create index on asset (last_seen);

-- 73,000 distinct versions for 1,000,000 installed packages: written once, compared once.
create table package_version (
  id        bigint generated always as identity primary key,
  ecosystem text not null,                                    -- deb, rpm, apk, maven, npm, pypi, golang, generic …
  name      text not null,
  version   text not null,
  unique (ecosystem, name, version)
);

-- Without foreign keys and a second index: written a million rows at a time, by one statement that has just joined both
-- tables; checked row by row again the import takes five times as long (bench/run import-inventory). Neither asset nor
-- version is ever deleted.
create table installed_package (
  asset           bigint not null,
  package_version bigint not null,
  primary key (asset, package_version)
);

create table inventory_import (
  id        bigint generated always as identity primary key,
  source    text        not null,
  digest    bytea       not null,
  actor     text        not null,
  at        timestamptz not null,
  read      integer     not null,
  created   integer     not null,
  updated   integer     not null,
  unchanged integer     not null
);
