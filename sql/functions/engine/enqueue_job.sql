-- The only place that knows how PgQueuer stores a job. Its own trigger wakes the runners.
create or replace function sync.enqueue_job(p_entrypoint text, p_payload jsonb, p_priority integer)
returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with job as (
  insert into pgqueuer.pgqueuer (entrypoint, payload, priority, status)
  values (p_entrypoint, convert_to(p_payload::text, 'UTF8'), p_priority, 'queued')
  returning id, entrypoint, priority
),

logged as (
  insert into pgqueuer.pgqueuer_log (job_id, status, entrypoint, priority)
  select id, 'queued', entrypoint, priority from job
)

select id from job;
end;
comment on function sync.enqueue_job(text, jsonb, integer) is 'Hand a job to PgQueuer; a larger number is served first.';
