-- The products of the warehouse that some names are of, each a SKU or a key.
create or replace function sync.keys_named(p_names text[]) returns table (name text, product_key text)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select n.name, p.product_key
from sync.read_products() as p
inner join unnest(p_names) as n (name) on n.name in (p.sku, p.product_key);
end;
comment on function sync.keys_named(text[]) is 'The products of the warehouse that some names are of, each a SKU or a key.';
