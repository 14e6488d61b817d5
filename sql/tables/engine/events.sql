create table sync.events (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  shop_id bigint,
  kind text not null,
  subject text not null,
  message text not null,
  detail jsonb not null default '{}'
);
create index events_at_idx on sync.events (at);
comment on table sync.events is 'What happened, append-only: circuits, modes, guards, runs, alerts, shops, schedules, retried refusals.';
