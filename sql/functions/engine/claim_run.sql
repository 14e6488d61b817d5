-- Begin a run of some kind for a shop, or take over the last one where it stopped: it failed, or its process fell
-- silent. One older than an hour is not taken over, for what it read is too old. Every takeover counts, so that a
-- process that was only frozen is told when it wants to go on.
create or replace function sync.claim_run(p_shop_id bigint, p_kind text)
returns table (run_id bigint, attempt integer, done integer, reached text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  perform sync.end_silent_runs(p_shop_id, p_kind);
  begin
    return query
    update sync.runs as r
    set state = 'running', error = null, finished_at = null, advanced_at = now(), attempt = r.attempt + 1
    where r.id = (
        select max(l.id) from sync.runs as l where l.shop_id = p_shop_id and l.kind = p_kind and l.is_exclusive
      )
      and r.state = 'failed' and r.started_at between now() - interval '1 hour' and now()
    returning r.id, r.attempt, r.done, r.reached;
    if found then
      return;
    end if;
  exception when unique_violation then
    null;  -- another process has just begun one
  end;

  return query
  insert into sync.runs as r (kind, shop_id, is_exclusive) values (p_kind, p_shop_id, true)
  on conflict do nothing
  returning r.id, r.attempt, r.done, r.reached;
  if not found then
    raise exception sqlstate 'SW004' using
      message = format('another process is at it: %s of shop %s', p_kind, p_shop_id);
  end if;
end $$;
comment on function sync.claim_run(bigint, text) is
'Begin a run, or take over the last one where it stopped; fails while another process is at it.';
