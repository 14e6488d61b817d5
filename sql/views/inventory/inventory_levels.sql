-- What every shop should hold beside what it was last seen to hold: compute_levels() for everything at once.
create or replace view sync.inventory_levels as
with stock as (
  select m.shop_id, a.product_key, m.location_id, sync.whole_units(sum(a.available)) as available
  from sync.available_inventory as a
  inner join sync.shop_locations as m on a.location_key = m.location_key
  group by m.shop_id, a.product_key, m.location_id
)

select
  h.domain as shop,
  k.product_key,
  k.sku,
  v.title,
  o.name as location,
  coalesce(s.available, 0) as counted,
  greatest(e.committed - e.committed_counted, 0) as uncounted,
  coalesce(s.available, 0) - greatest(e.committed - e.committed_counted, 0) as desired,
  e.available as seen,
  e.seen_at,
  e.acknowledged,
  e.acknowledged_at,
  p.since as pending_since,
  v.tracked,
  k.shop_id,
  k.inventory_item_id,
  m.location_id
from sync.links as k
inner join sync.shops as h on k.shop_id = h.id
inner join sync.variants as v on k.shop_id = v.shop_id and k.variant_id = v.variant_id
inner join sync.managed_locations as m on k.shop_id = m.shop_id
inner join sync.locations as o on m.shop_id = o.shop_id and m.location_id = o.location_id
left join stock as s on m.shop_id = s.shop_id and k.product_key = s.product_key and m.location_id = s.location_id
left join sync.levels as e
  on k.shop_id = e.shop_id and k.inventory_item_id = e.inventory_item_id and m.location_id = e.location_id
left join sync.pending as p on k.shop_id = p.shop_id and p.kind = 'inventory' and k.product_key = p.key
where k.state = 'ok' and exists (select from sync.source_products);
comment on view sync.inventory_levels is
'Every linked level: counted in the warehouse, less uncounted (orders not imported yet), is desired; seen is what '
'Shopify was last seen to hold.';
