-- The end of a stroke: what has gathered of a kind in a shop is shown to the guard as a whole, and goes to its lanes,
-- the most urgent first, so many keys at once. Returns how many.
create or replace function sync.release_keys(p_shop_id bigint, p_kind text, p_limit integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rows tid[];
  v_released integer;
begin
  perform sync.check_guard(p_shop_id, p_kind, sync.one_stroke(array_agg(p.since), array_agg(p.moves)))
  from sync.pending as p
  where p.shop_id = p_shop_id and p.kind = p_kind and p.lane is null and not p.cleared
  having count(*) > 0;
  -- By where they lie: looked up by key, by a plan that was made while nothing was pending, an older Postgres compares
  -- each with all of the shop's. What is changed meanwhile is in a lane by that, or left to the next pass.
  v_rows := array(
    select p.ctid from sync.pending as p
    where p.shop_id = p_shop_id and p.kind = p_kind and p.lane is null
    order by p.urgency, p.since
    limit p_limit
  );
  v_rows := array(
    select p.ctid from sync.pending as p
    where p.ctid = any (v_rows)
    order by p.key  -- one order everywhere: no deadlock with release_guard()
    for update
  );
  update sync.pending as p set lane = sync.lane_of(p.key, k.lanes)
  from sync.kinds as k
  where k.kind = p_kind and p.ctid = any (v_rows);
  get diagnostics v_released = row_count;
  return v_released;
end $$;
comment on function sync.release_keys(bigint, text, integer) is
'Let what has gathered of a kind in a shop go to its lanes; returns how many keys.';
