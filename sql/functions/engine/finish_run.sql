-- Note what came of a run: without an error it has succeeded; with one it has failed, or is cancelled if somebody
-- wanted it to end. One that another process has taken over stays as it is.
create or replace function sync.finish_run(p_run_id bigint, p_attempt integer, p_result jsonb, p_error text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.disown_keys(r.shop_id, r.id)
  from sync.runs as r
  where r.id = p_run_id and r.attempt = p_attempt and r.state = 'running' and r.cancel_requested_at is not null
    and p_error is not null;
  update sync.runs as r
  set
    state = case
      when p_error is null then 'succeeded' when r.cancel_requested_at is not null then 'cancelled' else 'failed'
    end,
    result = p_result,
    error = case when r.cancel_requested_at is null then p_error end,
    finished_at = clock_timestamp()
  where r.id = p_run_id and r.attempt = p_attempt and r.state = 'running';
  perform sync.notify_listeners('sync_runs');
end $$;
comment on function sync.finish_run(bigint, integer, jsonb, text) is 'Note what came of a run: its result, or its error.';
