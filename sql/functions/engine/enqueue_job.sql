-- The only place that knows how PgQueuer stores a job. Its own trigger wakes the runners.
create or replace function sync.enqueue_job(p_shop_id bigint, p_kind text, p_lane integer, p_priority integer)
returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with job as (
  insert into pgqueuer.pgqueuer (entrypoint, payload, priority, status)
  select
    l.entrypoint,
    convert_to(jsonb_build_object('shop_id', l.shop_id, 'kind', l.kind, 'lane', l.lane)::text, 'UTF8'),
    p_priority,
    'queued'
  from sync.lanes as l
  where l.shop_id = p_shop_id and l.kind = p_kind and l.lane = p_lane
  returning id, entrypoint, priority
),

logged as (
  insert into pgqueuer.pgqueuer_log (job_id, status, entrypoint, priority)
  select id, 'queued', entrypoint, priority from job
)

select id from job;
end;
comment on function sync.enqueue_job(bigint, text, integer, integer) is
'Hand a job of a lane to PgQueuer; a larger number is served first.';
