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
  openings integer not null default 1,
  cleared_at timestamptz
);
create unique index alerts_open_idx on sync.alerts (rule, coalesce(shop_id, 0), subject) where cleared_at is null;
create index alerts_rule_id_idx on sync.alerts (rule, coalesce(shop_id, 0), subject, id);
comment on table sync.alerts is
'What a person should know: one open row per rule, shop and subject, until its reason is gone. When that comes back '
'soon, the row is opened again.';
comment on column sync.alerts.shop_id is 'Null: the whole house.';
comment on column sync.alerts.raised_at is 'When it was opened first.';
comment on column sync.alerts.times is 'How often it was raised, whether it was open or not.';
comment on column sync.alerts.openings is 'How often it was raised while it was not open.';
