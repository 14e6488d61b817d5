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
('link_shops', '17 3 * * *', 'read every shop''s variants and levels anew and link them by SKU');

create table sync.runs (
  id bigint generated always as identity primary key,
  kind text not null,
  shop_id bigint references sync.shops on delete cascade,
  state text not null default 'running',
  done integer not null default 0,
  total integer,
  result jsonb,
  error text,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint state_is_known check (state in ('running', 'succeeded', 'failed', 'cancelled')),
  constraint finished_unless_running check ((state = 'running') = (finished_at is null))
);
create index runs_started_at_idx on sync.runs (started_at);
comment on table sync.runs is 'Longer work: who runs or ran when, how far it is, what came of it.';

-- The runner works through functions and views; reporting reads the views and nothing else.
grant select on all tables in schema sync to sync_runner;
-- Tables by name: writing to a simple view would write to the warehouse's own table, with its owner's rights.
grant insert, update, delete on
sync.shops, sync.locations, sync.shop_locations, sync.variants, sync.links, sync.levels, sync.change_queue_0,
sync.change_queue_1, sync.change_log, sync.change_log_default, sync.lanes, sync.pending, sync.requests, sync.calls,
sync.refusals, sync.conflicts, sync.budgets, sync.circuits, sync.guards, sync.run_writes, sync.shadow_writes,
sync.schedules, sync.runs
to sync_runner;
grant truncate on sync.change_queue_0, sync.change_queue_1 to sync_runner;
grant usage, select, update on all sequences in schema sync to sync_runner;
revoke execute on all functions in schema sync from public;
grant execute on all functions in schema sync to sync_runner;
grant execute on function sync.whole_units(numeric) to sync_reporting;
grant select on
sync.available_inventory, sync.managed_locations, sync.inventory_levels,
sync.inventory_discrepancies, sync.pending_changes,
sync.open_refusals, sync.open_conflicts, sync.sync_health, sync.sync_statistics
to sync_reporting;
