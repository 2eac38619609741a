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
  decided_at   timestamptz,
  origin       text        not null default 'asked' check (origin in ('asked', 'verification')),
  kind         text        not null default 'risk-acceptance'
                           check (kind in ('deferral', 'risk-acceptance', 'mitigation', 'not-affected')),
  vex          text        not null default '',               -- OpenVEX justification
  exit_plan    text        not null default '',
  wanted_until timestamptz,
  check_at     timestamptz,                                   -- when what holds the risk down is looked at next
  renews       bigint      references exception_request,
  residual_risk text       not null default '',
  authority    text[]      not null default '{}',             -- groups that may accept a risk of this size
  max_days     integer,
  opinion_binds boolean    not null default false,
  receipt      uuid,
  opinion      text        check (opinion in ('favourable', 'unfavourable')),
  opinion_text text        not null default '',
  opinion_by   text,
  exploited    boolean     not null default false,            -- as it was when the risk was accepted
  exposure     text        not null default 'internal',
  minded_at    timestamptz,                                   -- the last date that was attended to
  check (kind <> 'not-affected' or vex <> ''),
  check (kind <> 'mitigation' or (control <> '' and check_at is not null))
);
create index on exception_request (renews);
create index on exception_request (change_id);

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
  ended_why   text,
  request     bigint      references exception_request,        -- what was asked for and decided; null: by no request
  check (from_at < until_at and requested_by <> accepted_by)
);
create index on risk_exception (change_id);
create index on risk_exception (asset);
create index on risk_exception (until_at) where ended_at is null;
create index on risk_exception (request);
