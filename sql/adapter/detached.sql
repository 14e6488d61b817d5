-- The source objects while no warehouse is attached: the fixed column lists, without rows.
create or replace view sync.source_products as
select null::text as product_key, null::text as sku, null::text as title where false;
comment on view sync.source_products is 'adapter: products of the warehouse; none is attached.';

create or replace view sync.source_locations as
select null::text as location_key, null::text as name where false;
comment on view sync.source_locations is 'adapter: locations of the warehouse; none is attached.';

create or replace view sync.source_items as
select null::text as product_key, null::text as location_key, null::text as state, null::numeric as units where false;
comment on view sync.source_items is 'adapter: shipment items of the warehouse; none is attached.';

create or replace function sync.read_stock(p_keys text[])
returns table (product_key text, location_key text, available integer, reserved integer, committed integer)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text, null::text, 0, 0, 0 where false $$;
comment on function sync.read_stock(text[]) is 'adapter: units of some products by location; no warehouse is attached.';
