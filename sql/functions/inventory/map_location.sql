-- Show the stock of a warehouse location at a Shopify location; null keeps it out of the shop. Where it was shown
-- before, its units are taken away.
create or replace function sync.map_location(p_shop_id bigint, p_location_key text, p_location_id bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into sync.shop_locations as m (shop_id, location_key, location_id)
  values (p_shop_id, p_location_key, p_location_id)
  on conflict (shop_id, location_key) do update set location_id = excluded.location_id;
  if exists (select from sync.shops as h where h.id = p_shop_id and h.linked_at is not null) then
    perform sync.mark_inventory(p_shop_id, null, array[now()]);
  end if;
end $$;
comment on function sync.map_location(bigint, text, bigint) is
'Show the stock of a warehouse location at a Shopify location; null keeps it out of the shop.';
