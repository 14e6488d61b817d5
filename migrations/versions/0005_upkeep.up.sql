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

-- Retention: drop what only history needs, oldest first. An open request and the last one of a level stay.
create or replace function sync.prune_logs(p_keep interval default '30 days', p_keep_calls interval default '7 days')
returns table (requests bigint, calls bigint, conflicts bigint, runs bigint, jobs bigint)
language sql
set search_path = ''
begin atomic
with pruned_requests as (
  delete from sync.requests as r
  where r.created_at < now() - p_keep and r.state <> 'open'
    and not exists (select from sync.levels as l where l.shop_id = r.shop_id and l.request_id = r.id)
  returning 1
),

pruned_calls as (
  delete from sync.calls where at < now() - p_keep_calls returning 1
),

pruned_conflicts as (
  delete from sync.conflicts where found_at < now() - p_keep returning 1
),

pruned_discrepancies as (
  delete from sync.discrepancies where coalesce(corrected_at, vanished_at) < now() - p_keep
),

pruned_runs as (
  delete from sync.runs where started_at < now() - p_keep and state <> 'running' returning 1
),

pruned_jobs as (
  delete from pgqueuer.pgqueuer_log where created < now() - interval '1 day' and aggregated returning 1
),

-- PgQueuer adds up its log here, a row for each second, lane and outcome.
pruned_statistics as (
  delete from pgqueuer.pgqueuer_statistics where created < now() - interval '1 day'
)

select
  (select count(*) from pruned_requests),
  (select count(*) from pruned_calls),
  (select count(*) from pruned_conflicts),
  (select count(*) from pruned_runs),
  (select count(*) from pruned_jobs);
end;
comment on function sync.prune_logs(interval, interval) is 'Delete requests, calls, conflicts, runs and job logs past their time.';

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
