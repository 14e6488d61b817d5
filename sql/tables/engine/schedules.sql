create table sync.schedules (
  id bigint generated always as identity primary key,
  name text not null,
  shop_id bigint references sync.shops on delete cascade,
  expression text not null,
  is_enabled boolean not null default true,
  description text not null,
  run_kind text,
  args jsonb not null default '{}',
  last_run_at timestamptz,
  last_error text,
  unique nulls not distinct (name, shop_id),
  constraint of_a_shop_has_run check (shop_id is null or run_kind is not null)
);
comment on table sync.schedules is 'What the runner does by itself, and when: cron expressions in UTC.';
comment on column sync.schedules.shop_id is 'Only this shop, instead of what holds for all; null: all that have none of their own.';
comment on column sync.schedules.run_kind is 'The kind of run that it asks for, with args; null: the runner does it at once.';
insert into sync.schedules (name, expression, description) values
('keep_logs', '7 * * * *', 'make and drop partitions of the change log, prune requests, calls and job logs'),
('watch_alerts', '* * * * *', 'look for changes and refusals that are an alert, deliver alerts that wait');
insert into sync.schedules (name, expression, description, run_kind) values
('link_shops', '17 3 * * *', 'read every shop''s variants and levels anew and link them by SKU', 'link');
