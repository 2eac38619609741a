-- The trail. A row carries the hash of the row before it in its own chain (a change, an import, a person …), so that
-- deeds on different changes never wait for each other (measured: a global head costs five times the throughput).
create table audit_chain (
  chain text   primary key,
  seq   bigint not null,
  hash  bytea  not null
);

create table audit_entry (
  id            bigint generated always as identity primary key,
  chain         text        not null,
  seq           bigint      not null,
  change_id     text,
  at            timestamptz not null,
  actor         text        not null,
  actor_kind    text        not null check (actor_kind in ('person', 'system')),
  action        text        not null,
  subject       text        not null,
  content       text        not null,                         -- canonical JSON (RFC 8785), the bytes that were hashed
  content_digest bytea      not null,
  previous_hash bytea       not null,
  hash          bytea       not null unique,
  unique (chain, seq)
);
create index on audit_entry (change_id, id);
create index on audit_entry (actor, at);
create index on audit_entry (action, at);
create index on audit_entry (at);

-- Refuses what no code of ours does, whoever owns the connection's role; a stranger's copy is the bundle.
create function refuse_edit() returns trigger language plpgsql as $$
begin
  raise exception 'audit rows are append-only';
end $$;
create trigger audit_entry_is_append_only before update or delete or truncate on audit_entry
  for each statement execute function refuse_edit();

-- A sealed change: the digest of its evidence bundle's manifest, signed.
create table evidence_seal (
  change_id  text        primary key,
  digest     bytea       not null,
  signature  bytea       not null,
  bundle     bytea       not null,
  sealed_at  timestamptz not null
);

-- How long each chain was, signed (Ed25519) and tied to the checkpoint before; worth as much as the copies that lie elsewhere.
create table audit_checkpoint (
  number    bigint      primary key,
  at        timestamptz not null,
  entries   bigint      not null,
  chains    integer     not null,
  body      text        not null,                             -- JSON, the bytes that were signed
  signature bytea       not null
);
create trigger audit_checkpoint_is_append_only before update or delete or truncate on audit_checkpoint
  for each statement execute function refuse_edit();

create table audit_checkpoint_head (                          -- the newest that a checkpoint says of each chain
  chain  text   primary key,
  seq    bigint not null,
  hash   bytea  not null,
  number bigint not null references audit_checkpoint
);
create index on audit_checkpoint_head (number);
