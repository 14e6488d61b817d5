-- loses: sync.alert_rules, alerts, deliveries, events; the schedule watch_alerts
-- Locks: sync.circuits, runs, schedules and shops, each for a moment, to take its trigger.
drop trigger circuits_alert on sync.circuits;
drop trigger runs_note on sync.runs;
drop trigger schedules_note on sync.schedules;
drop trigger shops_note on sync.shops;
delete from sync.schedules where name = 'watch_alerts';
drop view sync.open_alerts, sync.alert_history, sync.recent_events;
drop function
sync.circuits_alert(),
sync.runs_note(),
sync.schedules_note(),
sync.shops_note(),
sync.watch_alerts(),
sync.judge_corrections(bigint),
sync.finish_delivery(bigint, integer, text),
sync.claim_deliveries(integer),
sync.clear_alert(text, bigint, text),
sync.raise_alert(text, bigint, text, text, text, jsonb),
sync.announce_alert(sync.alerts, text),
sync.note_event(bigint, text, text, text, jsonb);

-- Try refused pushes again: all, or those of some classes or keys (a key or a SKU), in one shop or in every one.
create or replace function sync.retry_refusals(p_shop_id bigint, p_class text, p_keys text[])
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_shop record;
  v_retried integer := 0;
begin
  for v_shop in
    select f.shop_id, array_agg(distinct f.key order by f.key) as keys
    from sync.refusals as f
    left join sync.links as k on k.shop_id = f.shop_id and k.product_key = f.key
    where (p_shop_id is null or f.shop_id = p_shop_id)
      and (p_class is null or f.class = p_class)
      and (p_keys is null or f.key = any (p_keys) or k.sku = any (p_keys))
    group by f.shop_id
  loop
    perform sync.mark_pending(
      v_shop.shop_id, v_shop.keys, array_fill(now(), array[cardinality(v_shop.keys)])
    );
    -- What has come right by itself has nothing left to push.
    delete from sync.refusals as f
    where f.shop_id = v_shop.shop_id and f.key = any (v_shop.keys)
      and not exists (select from sync.pending as p where p.shop_id = f.shop_id and p.kind = f.kind and p.key = f.key);
    v_retried := v_retried + cardinality(v_shop.keys);
  end loop;
  return v_retried;
end $$;
comment on function sync.retry_refusals(bigint, text, text[]) is
'Try refused pushes again; returns how many products.';

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

drop table sync.deliveries, sync.alerts, sync.alert_rules, sync.events;
