-- In mode monitor: the last number we would have sent for each level, beside what Shopify shows.
create or replace view sync.shadow_levels as
select
  h.domain as shop,
  s.product_key,
  k.sku,
  coalesce(l.name, s.location_id::text) as location,
  s.change_from_quantity,
  s.quantity,
  e.available as shown,
  e.available - s.quantity as difference,
  s.at as shadowed_at,
  e.seen_at as shown_at
from (
  select distinct on (w.shop_id, w.inventory_item_id, w.location_id) w.*
  from sync.level_shadows as w
  order by w.shop_id asc, w.inventory_item_id asc, w.location_id asc, w.id desc
) as s
inner join sync.shops as h on s.shop_id = h.id
left join sync.links as k on s.shop_id = k.shop_id and s.product_key = k.product_key
left join sync.locations as l on s.shop_id = l.shop_id and s.location_id = l.location_id
left join sync.levels as e
  on s.shop_id = e.shop_id and s.inventory_item_id = e.inventory_item_id and s.location_id = e.location_id;
comment on view sync.shadow_levels is
'Per level the last number that mode monitor would have sent, beside what Shopify shows.';
