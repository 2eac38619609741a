-- Every exception expires; none without an owner of the risk and an end.
create table risk_exception (
  id          bigint generated always as identity primary key,
  change_id   text        not null references change_record,
  asset       bigint      references asset,                    -- null: the whole change
  kind        text        not null check (kind in ('deferral', 'risk-acceptance', 'mitigation', 'not-affected')),
  reason      text        not null,
  control     text        not null default '',
  requested_by text       not null,
  accepted_by text        not null,
  from_at     timestamptz not null,
  until_at    timestamptz not null,
  ended_at    timestamptz,
  check (from_at < until_at and requested_by <> accepted_by)
);
create index on risk_exception (change_id);
create index on risk_exception (asset);
create index on risk_exception (until_at) where ended_at is null;

-- Asked for by one person, decided by another; both stay.
create table exception_request (
  id           bigint generated always as identity primary key,
  change_id    text        not null references change_record,
  assets       bigint[]    not null,
  reason       text        not null,
  control      text        not null,
  requested_by text        not null,
  requested_at timestamptz not null,
  decision     text        check (decision in ('accepted', 'refused')),
  decided_by   text        check (decided_by <> requested_by),
  decided_at   timestamptz
);
create index on exception_request (change_id);
