-- Somebody wants a run to end. One that waits, for its turn or for its keys, is cancelled at once; one at work is
-- told when it next says how far it is. Nothing is taken back: what it has found to differ goes out as any change
-- does, and what is in flight ends. Returns its state, null if there is no such run or it has ended.
create or replace function sync.cancel_run(p_run_id bigint) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run sync.runs;
begin
  select r.* into v_run from sync.runs as r
  where r.id = p_run_id and r.state in ('queued', 'running')
  for no key update;  -- a refusal of its keys refers to it, and must not wait
  if not found then
    return null;
  end if;
  update sync.runs as r set cancel_requested_at = coalesce(r.cancel_requested_at, now()) where r.id = p_run_id;
  if v_run.state = 'queued' or v_run.marked_at is not null then
    perform sync.disown_keys(v_run.shop_id, p_run_id);
    update sync.runs as r
    set state = 'cancelled', error = null, finished_at = clock_timestamp()
    where r.id = p_run_id;
  end if;
  perform sync.notify_listeners('sync_runs');
  return (select r.state from sync.runs as r where r.id = p_run_id);
end $$;
comment on function sync.cancel_run(bigint) is
'End a run, or tell it to end; returns its state, null if there is no such run or it has ended.';
