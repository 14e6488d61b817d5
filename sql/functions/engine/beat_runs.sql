-- A process gives a sign of life for the runs that it is at, each with its attempt.
create or replace function sync.beat_runs(p_run_ids bigint[], p_attempts integer[]) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.runs as r
set advanced_at = clock_timestamp()
from unnest(p_run_ids, p_attempts) as b (run_id, attempt)
where r.id = b.run_id and r.attempt = b.attempt and r.state = 'running';
end;
comment on function sync.beat_runs(bigint[], integer[]) is 'Give a sign of life for some runs.';
