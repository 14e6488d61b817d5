-- A process gives a sign of life for the runs that it is at, each with its attempt and how far it is, if it has said so
-- (null: as it was). Returns those that it has lost to another process, and those that somebody wants to end.
create or replace function sync.beat_runs(
  p_run_ids bigint[], p_attempts integer[], p_done integer[], p_total integer[]
)
returns table (run_id bigint, is_lost boolean)
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with beats as (
  select b.* from unnest(p_run_ids, p_attempts, p_done, p_total) as b (run_id, attempt, done, total)
),

alive as (
  update sync.runs as r
  set advanced_at = clock_timestamp(), done = coalesce(b.done, r.done), total = coalesce(b.total, r.total)
  from beats as b
  where r.id = b.run_id and r.attempt = b.attempt and r.state = 'running'
  returning r.id, r.cancel_requested_at
)

select b.run_id, a.id is null
from beats as b
left join alive as a on b.run_id = a.id
where a.id is null or a.cancel_requested_at is not null;
end;
comment on function sync.beat_runs(bigint[], integer[], integer[], integer[]) is
'Give a sign of life for some runs; returns those that are lost, and those that are to end.';
