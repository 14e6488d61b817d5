-- A push is about to set p_zeroes levels to zero that no one has cleared, and to raise p_restored from it: true if it
-- may, and it is counted. False: the shop is held.
create or replace function sync.guard_push(p_shop_id bigint, p_zeroes bigint, p_restored bigint) returns boolean
language plpgsql
set search_path = ''
as $$
begin
  if p_zeroes > 0 and sync.guard_stops(p_shop_id, p_zeroes) then
    return false;
  end if;
  update sync.guards as g
  set zeroed = greatest(sync.zeroed_lately(g) + p_zeroes - p_restored, 0), zeroed_at = clock_timestamp()
  where g.shop_id = p_shop_id and (p_zeroes > 0 or (p_restored > 0 and g.zeroed > 0));
  return true;
end $$;
comment on function sync.guard_push(bigint, bigint, bigint) is
'May a push set so many levels to zero, and raise so many from it? Counts them if so, holds the shop if not.';
