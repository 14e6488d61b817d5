-- Would a push that sets p_zeroes levels to zero be one too many? Then the shop is held.
create or replace function sync.guard_stops(p_shop_id bigint, p_zeroes bigint) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_guard sync.guards;
  v_zeroes double precision;
begin
  select g.* into strict v_guard from sync.guards as g where g.shop_id = p_shop_id;
  v_zeroes := ceil(p_zeroes + (
    select coalesce(sum(sync.zeroed_lately(l)), 0) from sync.lanes as l where l.shop_id = p_shop_id
  ));
  if v_guard.zero_share >= 1 or v_zeroes <= v_guard.allowance then
    return false;
  end if;
  v_guard := sync.count_guarded(p_shop_id);
  if v_zeroes <= greatest(v_guard.allowance, v_guard.zero_share * v_guard.in_stock) then
    return false;
  end if;
  -- Another lane may have held it just now: this push is one too many all the same.
  perform sync.hold_shop(
    p_shop_id,
    format('%s of %s levels in stock would be set to zero.', v_zeroes, v_guard.in_stock),
    jsonb_build_object('zeroes', v_zeroes, 'in_stock', v_guard.in_stock, 'share', v_guard.zero_share)
  );
  return true;
end $$;
comment on function sync.guard_stops(bigint, bigint) is
'Would setting so many levels more to zero be unusual? Then the shop is held.';
