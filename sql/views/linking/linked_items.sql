-- The items of Shopify that are ours: those of linked products, and those that a product has left behind and that are
-- nobody else's by now, which are to be 0.
create or replace view sync.linked_items as
select shop_id, inventory_item_id, variant_id, product_key, sku, false as has_departed
from sync.links
where state = 'ok'
union all
select d.shop_id, d.inventory_item_id, d.variant_id, d.product_key, d.sku, true
from sync.departed_items as d
where not exists (
  select from sync.links as k where k.shop_id = d.shop_id and k.inventory_item_id = d.inventory_item_id
);
comment on view sync.linked_items is
'Items of Shopify that are ours to write: of linked products, and left behind by products that went or were renamed.';
