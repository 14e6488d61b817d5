create table sync.alerts (
  id bigint generated always as identity primary key,
  rule text not null references sync.alert_rules,
  shop_id bigint references sync.shops on delete cascade,
  subject text not null default '',
  message text not null,
  remedy text not null,
  detail jsonb not null default '{}',
  raised_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  times integer not null default 1,
  cleared_at timestamptz
);
create unique index alerts_open_idx on sync.alerts (rule, coalesce(shop_id, 0), subject) where cleared_at is null;
comment on table sync.alerts is 'What a person should know: one open row per rule, shop and subject, until its reason is gone.';
comment on column sync.alerts.shop_id is 'Null: the whole house.';
