create table sync.schedules (
  name text primary key,
  expression text not null,
  is_enabled boolean not null default true,
  description text not null,
  last_run_at timestamptz,
  last_error text
);
comment on table sync.schedules is 'What the runner does by itself, and when: cron expressions in UTC.';
insert into sync.schedules (name, expression, description) values
('keep_logs', '7 * * * *', 'make and drop partitions of the change log, prune requests, calls and job logs'),
('link_shops', '17 3 * * *', 'read every shop''s variants and levels anew and link them by SKU'),
('watch_alerts', '* * * * *', 'look for changes and refusals that are an alert, deliver alerts that wait');
