create table sync.deliveries (
  id bigint generated always as identity primary key,
  alert_id bigint not null references sync.alerts on delete cascade,
  sink text not null,
  event text not null,
  state text not null default 'waiting',
  attempts integer not null default 0,
  openings integer not null default 0,
  created_at timestamptz not null default clock_timestamp(),
  next_try_at timestamptz not null default clock_timestamp(),
  told_at timestamptz,
  error text,
  constraint sink_is_known check (sink in ('webhook', 'email')),
  constraint event_is_known check (event in ('raised', 'cleared')),
  constraint state_is_known check (state in ('waiting', 'delivered', 'failed')),
  constraint delivered_was_told check ((state = 'delivered') = (told_at is not null))
);
create index deliveries_waiting_idx on sync.deliveries (next_try_at) where state = 'waiting';
create index deliveries_alert_id_idx on sync.deliveries (alert_id);
comment on table sync.deliveries is
'Who was told, or is to be told, that an alert was raised or cleared. Of what waits for one sink only the last is told.';
comment on column sync.deliveries.openings is 'How often the alert had been opened when this was told.';
comment on column sync.deliveries.error is 'Of the last attempt. Names no address.';
