-- Note what came of a run: without an error it has succeeded. One that another process has taken over stays as it is.
create or replace function sync.finish_run(p_run_id bigint, p_attempt integer, p_result jsonb, p_error text)
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.runs as r
set
  state = case when p_error is null then 'succeeded' else 'failed' end,
  result = p_result,
  error = p_error,
  finished_at = now()
where r.id = p_run_id and r.attempt = p_attempt and r.state = 'running';
end;
comment on function sync.finish_run(bigint, integer, jsonb, text) is 'Note what came of a run: its result, or its error.';
