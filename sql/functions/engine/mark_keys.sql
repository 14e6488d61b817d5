-- Note that keys of a kind may have to be pushed to a shop, each with the time since which, how urgent it is, and how
-- many of its parts would change or be lost. Those that are pending already are taken out of their job, whose push may
-- be under way with what was true before. p_run_id is the run that wants it, p_cleared that somebody has seen what it
-- will change: the guard lets it pass. p_gathers: they are a slice of what changed at one stroke: outside of the lanes
-- until the guard has seen the whole (release_keys), but for those that are in a lane already. Half a million more
-- urgency puts them, within their class, behind what changes by itself meanwhile: that goes out at once.
create or replace function sync.mark_keys(
  p_shop_id bigint, p_kind text, p_keys text[], p_since timestamptz[], p_urgency integer[], p_moves integer[],
  p_losses integer[], p_run_id bigint default null, p_cleared boolean default false, p_gathers boolean default false
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_marked integer;
  v_bulk_lane integer := sync.bulk_lane(p_kind);
begin
  insert into sync.pending as p (shop_id, kind, key, lane, urgency, since, moves, losses, run_id, cleared)
  select
    p_shop_id, p_kind, f.key, case when not p_gathers then sync.lane_of(f.key, k.lanes) end,
    f.urgency + case when p_gathers then 500000 else 0 end, f.since, f.moves, f.losses, p_run_id, p_cleared
  from unnest(p_keys, p_since, p_urgency, p_moves, p_losses) as f (key, since, urgency, moves, losses)
  cross join sync.kinds as k
  where k.kind = p_kind
  order by f.key collate "C"  -- one order everywhere: no deadlock with release_guard()
  on conflict (shop_id, kind, key) do update
  set
    -- In the lane of a bulk operation it stays until that is done with it: no two push one key.
    lane = case when p_gathers or p.lane = v_bulk_lane then p.lane else excluded.lane end,
    job_id = null,
    -- What is in a lane by itself stays as urgent as it is.
    urgency = excluded.urgency
      - case when p_gathers and p.lane is not null and p.urgency % 1000000 < 500000 then 500000 else 0 end,
    changes = p.changes + 1,
    moves = excluded.moves,
    losses = excluded.losses,
    run_id = coalesce(excluded.run_id, p.run_id),
    cleared = excluded.cleared or (p.cleared and excluded.losses <= p.losses);
  get diagnostics v_marked = row_count;
  -- A job does not send again what it was refused; this is something else.
  update sync.refusals as f set job_id = null
  where f.shop_id = p_shop_id and f.kind = p_kind and f.key = any (p_keys) and f.job_id is not null;
  if v_marked > 0 and not p_cleared and not p_gathers then
    perform sync.check_guard(p_shop_id, p_kind, sync.one_stroke(p_since, p_moves));
  end if;
  return v_marked;
end $$;
comment on function sync.mark_keys(
  bigint, text, text[], timestamptz[], integer[], integer[], integer[], bigint, boolean, boolean
) is 'Note that keys of a kind may have to be pushed to a shop; returns how many.';
