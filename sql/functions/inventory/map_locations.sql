-- Show the stock of warehouse locations at Shopify locations, pairwise; null keeps it out of the shop. All or none of
-- them. Where it was shown before, its units are taken away.
create or replace function sync.map_locations(p_shop_id bigint, p_location_keys text[], p_location_ids bigint[])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into sync.shop_locations as m (shop_id, location_key, location_id)
  select p_shop_id, n.location_key, n.location_id
  from unnest(p_location_keys, p_location_ids) as n (location_key, location_id)
  order by n.location_key
  on conflict (shop_id, location_key) do update set location_id = excluded.location_id;
  if exists (select from sync.shops as h where h.id = p_shop_id and h.linked_at is not null) then
    perform sync.mark_inventory(p_shop_id, null, array[now()]);
    perform sync.watch_locations(p_shop_id);
    -- Another shelf is shown: that it holds less is no booking.
    update sync.levels as e set counted = null
    where e.ctid = any (array(
      select o.ctid from sync.levels as o
      where o.shop_id = p_shop_id and (o.committed > o.committed_counted or o.unbooked > 0)
      for update skip locked
    ));
  end if;
end $$;
comment on function sync.map_locations(bigint, text[], bigint[]) is
'Show the stock of warehouse locations at Shopify locations, pairwise; null keeps it out of the shop.';
