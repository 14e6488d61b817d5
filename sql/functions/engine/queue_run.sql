-- Ask for a run: a runner begins it when its time has come. What is asked for already and still waits is joined; one
-- that is at work may have passed by what it is asked for now, so another waits until it has ended. The last one of
-- the same that failed less than an hour ago goes on where it was.
create or replace function sync.queue_run(
  p_shop_id bigint, p_kind text, p_args jsonb default '{}', p_requested_by text default session_user,
  p_priority integer default 20, p_due_at timestamptz default now()
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  perform from sync.locks as l where l.name = 'runs' for update;
  -- One whose process is gone waits again, and is joined.
  perform sync.end_silent_runs(p_shop_id, p_kind);
  update sync.runs as r
  set priority = greatest(r.priority, p_priority), due_at = least(r.due_at, p_due_at)
  where r.id = (
    select min(q.id) from sync.runs as q
    where q.shop_id = p_shop_id and q.kind = p_kind and q.state = 'queued' and q.args = p_args
  )
  returning r.id into v_id;
  if v_id is null then
    update sync.runs as r
    set
      state = 'queued', requested_by = p_requested_by, priority = p_priority, queued_at = now(), due_at = p_due_at,
      error = null, finished_at = null
    where r.id = (
        select max(l.id) from sync.runs as l where l.shop_id = p_shop_id and l.kind = p_kind and l.is_exclusive
      )
      and r.state = 'failed' and r.args = p_args and r.started_at between now() - interval '1 hour' and now()
    returning r.id into v_id;
  end if;
  if v_id is null then
    insert into sync.runs as r (
      kind, shop_id, state, is_exclusive, args, requested_by, priority, queued_at, due_at, started_at, attempt
    )
    values (
      p_kind, p_shop_id, 'queued', not p_args ? 'keys', p_args, p_requested_by, p_priority, now(), p_due_at, null, 0
    )
    returning r.id into v_id;
  end if;
  perform sync.notify_listeners('sync_runs');
  return v_id;
end $$;
comment on function sync.queue_run(bigint, text, jsonb, text, integer, timestamptz) is
'Ask for a run of a kind in a shop; returns its id, or that of one that waits for the same already.';
