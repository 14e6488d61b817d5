-- Somebody wants a run of the queue that has failed, or was cancelled, to go on: where it was, if it began less than
-- an hour ago; what an older one has read is too old, and a new one is asked for in its place. Returns the id of what
-- is queued, null if there is no such run.
create or replace function sync.resume_run(p_run_id bigint, p_requested_by text default session_user) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run sync.runs;
begin
  perform from sync.locks as l where l.name = 'runs' for update;
  select r.* into v_run from sync.runs as r
  where r.id = p_run_id and r.queued_at is not null and r.state in ('failed', 'cancelled')
  for no key update;
  if not found then
    return null;
  elsif coalesce(v_run.started_at, now()) not between now() - interval '1 hour' and now() then
    return sync.queue_run(v_run.shop_id, v_run.kind, v_run.args, p_requested_by, v_run.priority);
  end if;
  update sync.runs as r
  set
    state = 'queued', requested_by = p_requested_by, due_at = now(), error = null, finished_at = null,
    cancel_requested_at = null, marked_at = null
  where r.id = p_run_id;
  perform sync.notify_listeners('sync_runs');
  return p_run_id;
end $$;
comment on function sync.resume_run(bigint, text) is
'Queue a run again that has failed or was cancelled; returns the id of what is queued, null if there is no such run.';
