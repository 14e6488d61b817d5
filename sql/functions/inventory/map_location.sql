-- Show the stock of one warehouse location at a Shopify location; null keeps it out of the shop.
create or replace function sync.map_location(p_shop_id bigint, p_location_key text, p_location_id bigint)
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select sync.map_locations(p_shop_id, array[p_location_key], array[p_location_id]);
end;
comment on function sync.map_location(bigint, text, bigint) is
'Show the stock of a warehouse location at a Shopify location; null keeps it out of the shop.';
