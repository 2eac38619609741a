-- A mail is a row first, in the transaction of the deed it tells of; sending it is a durable task.
create table outbox (
  id             uuid        primary key,
  change_id      text,
  template       text        not null,
  recipient      text        not null,                        -- login
  recipient_name text        not null,
  recipient_mail text        not null,
  subject        text        not null,
  text_body      text        not null,
  html_body      text        not null,
  invitation     text,                                        -- iCalendar, RFC 5546
  state          text        not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'dead')),
  attempts       integer     not null default 0,
  last_error     text,
  dedupe_key     text        not null unique,
  created_at     timestamptz not null,
  sent_at        timestamptz
);
create index on outbox (recipient, created_at desc);
create index on outbox (change_id);
create index on outbox (state) where state <> 'sent';
