-- Retention: drop what only history needs, oldest first. An open request stays, and what a subject still points to, and
-- the last plan of each kind of a shop, however old: it says what the shop went live on.
create or replace function sync.prune_logs(p_keep interval default '30 days', p_keep_calls interval default '7 days')
returns table (requests bigint, calls bigint, subjects bigint, runs bigint, jobs bigint)
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with pruned_requests as (
  delete from sync.requests as r
  where r.created_at < now() - p_keep and r.state <> 'open'
    and not sync.is_pointed_to(r)
  returning 1
),

pruned_calls as (
  delete from sync.calls where at < now() - p_keep_calls returning 1
),

pruned_alerts as (
  delete from sync.alerts where cleared_at < now() - p_keep
),

pruned_tasks as (
  delete from sync.tasks where done_at < now() - p_keep
),

pruned_findings as (
  delete from sync.integrity_findings where ended_at < now() - p_keep
),

pruned_events as (
  delete from sync.events where at < now() - p_keep
),

pruned_runs as (
  delete from sync.runs where coalesce(started_at, finished_at) < now() - p_keep and finished_at is not null returning 1
),

pruned_operations as (
  delete from sync.bulk_operations where ended_at < now() - p_keep
),

pruned_plans as (
  delete from sync.plans as p
  where p.created_at < now() - p_keep and exists (
    select from sync.plans as l where l.shop_id = p.shop_id and l.kind = p.kind and l.id > p.id
  )
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
  sync.prune_subjects(p_keep),
  (select count(*) from pruned_runs),
  (select count(*) from pruned_jobs);
end;
comment on function sync.prune_logs(interval, interval) is
'Delete requests, calls, what subjects keep, runs, plans, cleared alerts, done tasks, ended findings of checks, events and '
'job logs past their time.';
