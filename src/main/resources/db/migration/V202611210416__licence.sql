-- Pre-approved work of one kind on one group: earned by a vote, bounded in number and time, lost by trouble until reviewed.
create table licence (
  id                bigint generated always as identity primary key,
  maintenance_group text        not null references maintenance_group,
  advisory          text        not null,
  model_change      text        not null references change_record, -- the change whose way of working is licensed
  uses              integer     not null check (uses between 1 and 50),
  until_at          timestamptz not null,
  state             text        not null check (state in ('proposed', 'live', 'refused', 'suspended')),
  why               text        not null default '',
  proposed_by       text        not null,
  proposed_at       timestamptz not null,
  decided_at        timestamptz,
  check (proposed_at < until_at)
);
create unique index one_licence on licence (maintenance_group, advisory) where state in ('proposed', 'live', 'suspended');
create index on licence (model_change);

create table licence_vote (
  licence  bigint      not null references licence,
  person   bigint      not null references person,
  approves boolean     not null,
  security boolean     not null,                              -- cast for the security representatives
  comment  text        not null,
  at       timestamptz not null,
  primary key (licence, person)
);
create index on licence_vote (person);

create table licence_use (
  licence   bigint      not null references licence,
  change_id text        not null references change_record,
  at        timestamptz not null,
  primary key (licence, change_id)
);
create index on licence_use (change_id);
