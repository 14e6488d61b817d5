-- Begin a run of some kind for a shop at once, or take over the last one where it stopped: it failed, or its process
-- fell silent. One that failed more than an hour after it began is not taken over, for what it read is too old.
create or replace function sync.claim_run(p_shop_id bigint, p_kind text, p_args jsonb default '{}')
returns table (run_id bigint, attempt integer, done integer, reached text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  perform from sync.locks as l where l.name = 'runs' for update;
  perform sync.end_silent_runs(p_shop_id, p_kind);
  return query
  select r.id, r.attempt, r.done, r.reached
  from sync.take_run(array[p_kind], sync.queue_run(p_shop_id, p_kind, p_args)) as r;
  if not found then
    raise exception sqlstate 'SW004' using
      message = format('another process is at it: %s of shop %s', p_kind, p_shop_id);
  end if;
end $$;
comment on function sync.claim_run(bigint, text, jsonb) is
'Begin a run, or take over the last one where it stopped; fails while another process is at it.';
