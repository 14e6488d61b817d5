-- Note a page of variants as Shopify showed them
-- ([{variant_id, product_id, inventory_item_id, sku, title, tracked}]).
create or replace function sync.record_variants(p_shop_id bigint, p_started_at timestamptz, p_variants json)
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
insert into sync.variants as v (
  shop_id, variant_id, product_id, inventory_item_id, sku, title, tracked, read_at
)
select
  p_shop_id, n.variant_id, n.product_id, n.inventory_item_id, nullif(btrim(n.sku), ''), n.title, n.tracked, p_started_at
from json_to_recordset(p_variants) as n (
  variant_id bigint, product_id bigint, inventory_item_id bigint, sku text, title text, tracked boolean
)
on conflict (shop_id, variant_id) do update
set
  product_id = excluded.product_id,
  inventory_item_id = excluded.inventory_item_id,
  sku = excluded.sku,
  title = excluded.title,
  tracked = excluded.tracked,
  read_at = excluded.read_at;
end;
comment on function sync.record_variants(bigint, timestamptz, json) is 'Note a page of variants as Shopify showed them.';
