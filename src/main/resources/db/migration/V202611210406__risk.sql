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
  at               timestamptz not null
);
create index on receipt (change_id, at);

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
