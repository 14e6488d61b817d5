-- A run has looked at all and made pending what differs: it has succeeded if nothing does, and otherwise follows its
-- keys (follow_runs).
create or replace function sync.conclude_run(p_run_id bigint, p_attempt integer, p_result jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run sync.runs;
  v_marked integer;
begin
  select r.* into v_run from sync.runs as r
  where r.id = p_run_id and r.attempt = p_attempt and r.state = 'running'
  for no key update;
  if not found then
    return;
  end if;
  select count(*) into v_marked
  from sync.pending as p where p.shop_id = v_run.shop_id and p.run_id = p_run_id;
  if v_marked = 0 then
    perform sync.finish_run(p_run_id, p_attempt, p_result, null);
  elsif v_run.cancel_requested_at is not null then
    perform sync.finish_run(p_run_id, p_attempt, p_result, '');
  else
    update sync.runs as r
    set marked_at = clock_timestamp(), done = 0, total = v_marked, result = p_result, advanced_at = clock_timestamp()
    where r.id = p_run_id;
    perform sync.notify_listeners('sync_changes');
    perform sync.notify_listeners('sync_runs');
  end if;
end $$;
comment on function sync.conclude_run(bigint, integer, jsonb) is
'A run has made pending what differs: it has succeeded, or follows its keys.';
