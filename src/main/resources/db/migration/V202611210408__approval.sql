-- What the decision demanded of the board, and what came of it. The outcome is computed from the votes, never read from a variable.
create table ballot (
  change_id      text        not null,
  revision       integer     not null,
  round          integer     not null default 1,              -- a deadline may hand over to the next authority
  purpose        text        not null default 'authorization' check (purpose in ('advice', 'authorization')),
  digest         text        not null,
  authority      text        not null check (authority in ('standard', 'change-manager', 'cab', 'ecab')),
  minimum_votes  integer     not null,
  required_teams text[]      not null,
  veto_teams     text[]      not null default '{}',
  eligible       text[]      not null,                        -- logins invited
  deadline       timestamptz not null,
  receipt        uuid        not null,
  outcome        text        check (outcome in ('approved', 'rejected', 'void', 'expired', 'advised')),
  outcome_reason text,
  opened_at      timestamptz not null,
  decided_at     timestamptz,
  check (purpose = 'authorization' or outcome in ('advised', 'void')),  -- who advises authorizes nothing
  primary key (change_id, revision, round)
);

create table vote (
  id         bigint generated always as identity primary key,
  change_id  text        not null,
  revision   integer     not null,
  round      integer     not null,
  person     bigint      not null references person,
  login      text        not null,
  teams      text[]      not null,                            -- the voter's groups at the moment of the vote
  decision   text        not null check (decision in ('approve', 'approve-with-conditions', 'reject', 'abstain', 'recuse')),
  comment    text        not null,
  digest     text        not null,                            -- the plan the voter was shown
  at         timestamptz not null,
  replaced_at timestamptz,                                    -- a changed vote stays, struck through
  check (decision = 'approve' or length(trim(comment)) > 0)
);
create unique index one_vote_per_person on vote (change_id, revision, round, person) where replaced_at is null;
create index on vote (person);

-- What somebody approved only if it was done first; the gate stays shut until it is confirmed.
create table approval_condition (
  id        bigint generated always as identity primary key,
  change_id text        not null,
  revision  integer     not null,
  round     integer     not null,
  vote      bigint      not null unique references vote,
  text      text        not null,
  set_by    text        not null,
  at        timestamptz not null,
  met_by    text,
  met_how   text,
  met_at    timestamptz,
  foreign key (change_id, revision, round) references ballot,
  check ((met_by is null) = (met_at is null) and (met_by is null) = (met_how is null))
);
create index on approval_condition (change_id, revision, round);
