-- The guard of a shop, with its levels counted: not more often than once a minute, for that takes a while. In stock
-- is also what was zeroed lately.
create or replace function sync.count_guarded(p_shop_id bigint) returns sync.guards
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_guard sync.guards;
begin
  update sync.guards as g
  set (levels, in_stock, counted_at) = (
    select
      count(*),
      count(*) filter (where e.available > 0) + ceil((
        select coalesce(sum(sync.zeroed_lately(l)), 0) from sync.lanes as l where l.shop_id = p_shop_id
      )),
      clock_timestamp()
    from sync.links as k
    join sync.levels as e on e.shop_id = k.shop_id and e.inventory_item_id = k.inventory_item_id
    where k.shop_id = p_shop_id and k.state = 'ok'
  )
  where g.shop_id = p_shop_id
    and (g.counted_at is null or g.counted_at < clock_timestamp() - interval '1 minute');
  select g.* into strict v_guard from sync.guards as g where g.shop_id = p_shop_id;
  return v_guard;
end $$;
comment on function sync.count_guarded(bigint) is 'The guard of a shop, with its levels counted within the last minute.';
