-- What stands in for the warehouse's selects while none is attached: the same columns, without rows.
create or replace function sync.read_products(p_keys text[] default null)
returns table (product_key text, sku text, title text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text, null::text, null::text where false $$;
comment on function sync.read_products(text[]) is 'adapter: products of the warehouse; none is attached.';

create or replace function sync.has_products()
returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select false $$;
comment on function sync.has_products() is 'adapter: whether the warehouse has any product; none is attached.';

create or replace function sync.find_products(p_name text)
returns table (product_key text, sku text, title text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text, null::text, null::text where false $$;
comment on function sync.find_products(text) is 'adapter: products of the warehouse by name; none is attached.';

create or replace function sync.read_catalog(p_groups text[] default null)
returns table (product_key text, group_key text, place numeric, sku text, title text, fields jsonb)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text, null::text, null::numeric, null::text, null::text, null::jsonb where false $$;
comment on function sync.read_catalog(text[]) is
'adapter: what the warehouse says of products that are shown; none is attached.';

create or replace function sync.group_products(p_keys text[] default null)
returns table (product_key text, group_key text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text, null::text where false $$;
comment on function sync.group_products(text[]) is 'adapter: the group of each product; no warehouse is attached.';

create or replace function sync.read_images(p_keys text[] default null)
returns table (product_key text, url text, alt text, place numeric)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text, null::text, null::text, null::numeric where false $$;
comment on function sync.read_images(text[]) is 'adapter: images of products; no warehouse is attached.';

create or replace function sync.writable_fields() returns table (field text, column_name text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text, null::text where false $$;
comment on function sync.writable_fields() is 'adapter: fields that may be written; no warehouse is attached.';

create or replace function sync.write_product(p_key text, p_column text, p_value text, p_json jsonb)
returns integer
language sql security definer
set search_path = pg_catalog, pg_temp
as $$ select null::integer $$;
comment on function sync.write_product(text, text, text, jsonb) is
'adapter: write a value of the shop; no warehouse is attached.';

create or replace function sync.can_write_orders() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select false $$;
comment on function sync.can_write_orders() is 'adapter: whether orders may be written; no warehouse is attached.';

create or replace function sync.find_customer(p_email text, p_phone text)
returns setof text
language sql security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text where false $$;
comment on function sync.find_customer(text, text) is 'adapter: customers of the warehouse; no warehouse is attached.';

create or replace function sync.write_customer(p_email text, p_phone text, p_name text, p_json jsonb)
returns setof text
language sql security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text where false $$;
comment on function sync.write_customer(text, text, text, jsonb) is 'adapter: make a customer; no warehouse is attached.';

create or replace function sync.write_order(
  p_customer text, p_number text, p_created_at timestamptz, p_currency text, p_total numeric, p_json jsonb
)
returns setof text
language sql security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text where false $$;
comment on function sync.write_order(text, text, timestamptz, text, numeric, jsonb) is 'adapter: make an order; no warehouse is attached.';

create or replace function sync.write_order_line(
  p_order text, p_product_key text, p_quantity integer, p_price numeric, p_json jsonb
)
returns setof text
language sql security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text where false $$;
comment on function sync.write_order_line(text, text, integer, numeric, jsonb) is 'adapter: make a line of an order; no warehouse is attached.';

create or replace function sync.reserve_units(
  p_order text, p_line text, p_product_key text, p_locations text[], p_units integer
)
returns table (location_key text, units integer, unit_key text)
language sql security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text, null::integer, null::text where false $$;
comment on function sync.reserve_units(text, text, text, text[], integer) is 'adapter: reserve units; no warehouse is attached.';

create or replace function sync.write_unit(
  p_order text, p_line text, p_product_key text, p_unit text, p_price numeric
)
returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$ select $$;
comment on function sync.write_unit(text, text, text, text, numeric) is 'adapter: note a unit that was reserved; no warehouse is attached.';

create or replace function sync.release_units(
  p_order text, p_line text, p_product_key text, p_location text, p_units integer, p_unit_keys text[]
)
returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$ select $$;
comment on function sync.release_units(text, text, text, text, integer, text[]) is 'adapter: give back units; no warehouse is attached.';

create or replace function sync.cancel_order(p_order text)
returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as $$ select $$;
comment on function sync.cancel_order(text) is 'adapter: note that an order is cancelled; no warehouse is attached.';

create or replace function sync.can_insert_products() returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select false $$;
comment on function sync.can_insert_products() is 'adapter: whether products may be made; no warehouse is attached.';

create or replace function sync.insert_product(p_sku text, p_title text, p_json jsonb) returns integer
language sql security definer
set search_path = pg_catalog, pg_temp
as $$ select null::integer $$;
comment on function sync.insert_product(text, text, jsonb) is 'adapter: make a product; no warehouse is attached.';

create or replace function sync.catalog_columns() returns text[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select '{}'::text[] $$;
comment on function sync.catalog_columns() is 'adapter: columns of the catalogue; no warehouse is attached.';

create or replace function sync.read_metafields()
returns table (namespace text, key text, type text, name text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text, null::text, null::text, null::text where false $$;
comment on function sync.read_metafields() is 'adapter: metafields of products; no warehouse is attached.';

create or replace function sync.read_locations()
returns table (location_key text, name text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text, null::text where false $$;
comment on function sync.read_locations() is 'adapter: locations of the warehouse; none is attached.';

create or replace function sync.read_stock(p_keys text[] default null)
returns table (product_key text, location_key text, available numeric)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text, null::text, 0::numeric where false $$;
comment on function sync.read_stock(text[]) is 'adapter: units of products by location; no warehouse is attached.';

create or replace function sync.describe_stock(p_keys text[] default null)
returns table (product_key text, location_key text, available numeric, detail jsonb)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select null::text, null::text, 0::numeric, '{}'::jsonb where false $$;
comment on function sync.describe_stock(text[]) is 'adapter: as read_stock(), with further numbers; none is attached.';

create or replace function sync.translate_keys(p_watch integer, p_keys text[])
returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select unnest(p_keys) $$;
comment on function sync.translate_keys(integer, text[]) is
'adapter: the products that captured keys concern; no warehouse is attached.';
