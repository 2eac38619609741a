-- Readiness is proved by a real write: a database that can only be read (disk full, standby) must not take a vote.
create table heartbeat (
  id integer primary key check (id = 1),
  at timestamptz not null
);
insert into heartbeat values (1, now());
