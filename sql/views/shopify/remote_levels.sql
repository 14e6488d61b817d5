-- The stock of each shop as it was last shown, at all of its locations.
create or replace view sync.remote_levels as
select
  h.domain as shop,
  l.inventory_item_id,
  v.variant_id,
  v.sku,
  k.product_key,
  l.location_id,
  o.name as location,
  l.available,
  l.committed,
  l.seen_at
from sync.levels as l
inner join sync.shops as h on l.shop_id = h.id
left join sync.variants as v on l.shop_id = v.shop_id and l.inventory_item_id = v.inventory_item_id
left join sync.links as k
  on l.shop_id = k.shop_id and l.inventory_item_id = k.inventory_item_id and k.state = 'ok'
left join sync.locations as o on l.shop_id = o.shop_id and l.location_id = o.location_id;
comment on view sync.remote_levels is
'Units of each variant at each location of a shop as last shown or acknowledged: those on offer and those owed to orders.';
