-- Would what is pending for a live shop zero or change an unusual share of it? Then stop before anything goes out.
-- Zeroed: what is pending to be zeroed, and what was lately (a net count that fades), against the levels in stock.
-- Changed: p_moves, what became pending at one stroke, against all levels. What somebody has cleared, by the plan
-- that made the shop live or by releasing the guard, does not count.
create or replace function sync.check_guard(p_shop_id bigint, p_moves integer) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_guard sync.guards;
  v_zeroes integer;
begin
  select g.* into v_guard
  from sync.guards as g
  join sync.shops as h on h.id = g.shop_id
  where g.shop_id = p_shop_id and h.mode = 'live' and g.held_at is null;
  if not found then
    return false;
  end if;
  select coalesce(sum(p.zeroes), 0) into v_zeroes
  from sync.pending as p
  where p.shop_id = p_shop_id and p.zeroes > 0 and not p.cleared;
  if v_zeroes > 0 and sync.guard_stops(p_shop_id, v_zeroes) then
    return true;
  elsif v_guard.change_share >= 1 or p_moves <= v_guard.allowance then
    return false;
  end if;
  v_guard := sync.count_guarded(p_shop_id);
  return p_moves > greatest(v_guard.allowance, v_guard.change_share * v_guard.levels) and sync.hold_shop(
    p_shop_id,
    format('%s of %s levels would change at one stroke.', p_moves, v_guard.levels),
    jsonb_build_object('moves', p_moves, 'levels', v_guard.levels, 'share', v_guard.change_share)
  );
end $$;
comment on function sync.check_guard(bigint, integer) is
'Stop a live shop if what is pending would zero or change an unusual share of it; says whether it did.';
