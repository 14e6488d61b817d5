-- The items of Shopify that are ours: those of linked products, and those that a product has left behind.
create or replace view sync.linked_items as
select shop_id, inventory_item_id, variant_id, product_key, sku, false as has_departed, null::timestamptz as left_at
from sync.links
where state = 'ok'
union all
select shop_id, inventory_item_id, variant_id, product_key, sku, true, left_at
from sync.departed_items;
comment on view sync.linked_items is
'Items of Shopify that are ours to write: of linked products, and left behind by products that went or were renamed.';
