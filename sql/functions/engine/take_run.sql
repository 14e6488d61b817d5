-- Begin a run of the queue, or take over one whose process is gone: of some kinds the one of the highest priority, then
-- the oldest, whose time has come, whose shop is not off and has fewer at work than it may have at once, and that need
-- not wait for another of its kind. One that is asked for by its id has to wait for the last only. Every takeover
-- counts, so that a process that was only frozen is told when it wants to go on.
create or replace function sync.take_run(p_kinds text[], p_run_id bigint default null)
returns setof sync.runs
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Mostly there is nothing, and then nothing is locked.
  if not exists (select from sync.runs as r where r.state = 'queued' or (r.state = 'running' and r.marked_at is null)) then
    return;
  end if;
  -- One at a time, or two would take a shop's last place.
  perform from sync.locks as l where l.name = 'runs' for update;
  perform sync.end_silent_runs();
  return query
  update sync.runs as r
  set
    state = 'running', attempt = r.attempt + 1, error = null, advanced_at = clock_timestamp(),
    started_at = coalesce(r.started_at, clock_timestamp()),
    tick = case when r.started_at is null then nextval('sync.ticks') else r.tick end,
    after_change = case
      when r.started_at is null then coalesce(pg_sequence_last_value('sync.change_log_id_seq'), 0) else r.after_change
    end
  where r.id = (
    select q.id
    from sync.runs as q
    join sync.shops as h on h.id = q.shop_id
    where q.state = 'queued' and q.kind = any (p_kinds)
      and not (q.is_exclusive and exists (
        select from sync.runs as o
        where o.shop_id = q.shop_id and o.kind = q.kind and o.state = 'running' and o.is_exclusive
      ))
      and (q.id = p_run_id or p_run_id is null and h.mode <> 'off' and sync.is_due(q.due_at, '2 hours') and (
        -- What only waits for its keys needs no place.
        select count(*) < h.runs_at_once from sync.runs as o
        where o.shop_id = q.shop_id and o.state = 'running' and o.queued_at is not null and o.marked_at is null
      ))
    order by q.priority desc, q.id
    limit 1
    for no key update of q skip locked
  )
  returning r.*;
end $$;
comment on function sync.take_run(text[], bigint) is
'Begin the next run of the queue of some kinds, or one by its id; none if there is none to be begun now.';
