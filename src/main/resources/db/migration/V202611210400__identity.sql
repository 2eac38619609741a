-- People, groups and who stands in for whom: the only truth. The engine reads it through a provider, never a copy.
create table person (
  id                  bigint generated always as identity primary key,
  login               text        not null unique check (login ~ '^[a-z][a-z0-9._-]{0,63}$'),
  display_name        text        not null,
  email               text        not null,
  zone                text        not null default 'UTC',
  password_hash       text,                                   -- null: cannot sign in with a password
  must_change         boolean     not null default false,     -- a password somebody else knows is used once
  enabled             boolean     not null default true,
  created_at          timestamptz not null default now(),
  same_as             bigint      references person check (same_as <> id) -- another login of the same human being
);

-- Rules about people compare human beings; somebody with two logins is still one.
create function human(login_row bigint) returns bigint language sql stable as $$
  select coalesce(p.same_as, p.id) from patchboard.person p where p.id = login_row
$$;

create table team (
  id      text primary key,                                   -- the group id in BPMN and in the engine's grants
  name    text not null,
  purpose text not null
);
insert into team (id, name, purpose) values
  ('vulnerability-analyst', 'Vulnerability analysts', 'triage findings and state "not affected" with a reason'),
  ('patch-coordinator', 'Patch coordinators', 'plan targets, rings, window, checks and back-out'),
  ('asset-owner', 'Asset owners', 'state the business impact and consent to windows'),
  ('tester', 'Testers', 'test in the lab, attach evidence and sign off'),
  ('security-representative', 'Security representatives', 'state the security impact and sit on the board'),
  ('change-manager', 'Change managers', 'check the classification and hold authority for low risk'),
  ('cab', 'Change advisory board', 'vote on normal changes'),
  ('ecab', 'Emergency board', 'vote on emergency changes within the hour'),
  ('implementer', 'Implementers', 'carry out manual steps and attach evidence'),
  ('on-call', 'On call', 'halt, resume and roll back'),
  ('risk-owner', 'Risk owners', 'accept residual risk, with an end'),
  ('verifier', 'Verifiers', 'read the verification and sign closure'),
  ('incident-response', 'Incident response', 'scope, evidence and verdict in the forensic branch'),
  ('policy-author', 'Policy authors', 'propose decision tables and packs'),
  ('policy-approver', 'Policy approvers', 'approve decision tables and packs'),
  ('auditor', 'Auditors', 'read everything and change nothing'),
  ('camunda-admin', 'Administrators', 'people, adapters and retention; get around no rule');

create table membership (
  id          bigint generated always as identity primary key,
  person      bigint      not null references person,
  team        text        not null references team,
  valid_from  timestamptz not null default now(),
  valid_to    timestamptz not null default 'infinity',
  granted_by  text        not null,
  granted_at  timestamptz not null default now(),
  check (valid_from < valid_to)
);
create index on membership (person);
create index on membership (team);

create table substitution (
  id          bigint generated always as identity primary key,
  absent      bigint      not null references person,
  substitute  bigint      not null references person,
  valid_from  timestamptz not null,
  valid_to    timestamptz not null,
  recorded_by text        not null,
  recorded_at timestamptz not null default now(),
  approved_by text,                                           -- a third person; null: not in force yet
  approved_at timestamptz,
  check (valid_from < valid_to and absent <> substitute),
  check ((approved_by is null) = (approved_at is null))
);
create index on substitution (substitute);
create index on substitution (absent);

-- Who counts as a member at one moment. One hop only; administration is never substituted.
create function effective_membership(moment timestamptz) returns table (person bigint, team text)
language sql stable as $$
  select m.person, m.team from patchboard.membership m
   where m.valid_from <= moment and moment < m.valid_to
  union
  select s.substitute, m.team
    from patchboard.substitution s join patchboard.membership m on m.person = s.absent
   where s.valid_from <= moment and moment < s.valid_to
     and s.approved_at <= moment
     and m.valid_from <= moment and moment < m.valid_to
     and m.team <> 'camunda-admin'
$$;

-- A duty is held by having done it; compared by human being.
create table duty_held (
  change_id text        not null,
  person    bigint      not null references person,
  duty      text        not null,
  at        timestamptz not null default now(),
  primary key (change_id, person, duty)
);
create index on duty_held (person);

-- Counted per login and per address; the row is locked while it counts, so parallel guesses count each.
create table sign_in_failure (
  subject      text        primary key,                       -- 'login:ana' or 'address:10.0.0.1'
  failures     integer     not null,
  last_failure timestamptz not null,
  locked_until timestamptz
);

create table api_token (
  id         bigint generated always as identity primary key,
  person     bigint      not null references person,
  name       text        not null,
  hash       bytea       not null unique,                     -- SHA-256 of the token; the token itself is shown once
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index on api_token (person);
