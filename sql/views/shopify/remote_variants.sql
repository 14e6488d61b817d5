-- The variants of each shop as they were last shown, whether the warehouse knows them or not.
create or replace view sync.remote_variants as
select
  h.domain as shop,
  v.variant_id,
  v.product_id,
  v.inventory_item_id,
  v.sku,
  v.barcode,
  v.title,
  v.handle,
  v.position,
  v.options,
  (v.fields ->> 'price')::numeric as price,
  (v.fields ->> 'compareAtPrice')::numeric as compare_at_price,
  (v.fields ->> 'cost')::numeric as cost,
  (v.fields #>> '{weight,value}')::numeric as weight,
  v.fields #>> '{weight,unit}' as weight_unit,
  (v.fields ->> 'taxable')::boolean as taxable,
  (v.fields ->> 'requiresShipping')::boolean as requires_shipping,
  v.fields ->> 'inventoryPolicy' as inventory_policy,
  v.tracked,
  k.product_key,
  v.read_at
from sync.variants as v
inner join sync.shops as h on v.shop_id = h.id
left join sync.links as k
  on v.shop_id = k.shop_id and v.inventory_item_id = k.inventory_item_id and k.state = 'ok';
comment on view sync.remote_variants is
'Variants of each shop as last shown; product_key: the product of the warehouse that it is, null: there is none.';
comment on column sync.remote_variants.price is 'In the shop''s currency, as the other amounts; null: only stock was read of it.';
