-- What every shop should hold beside what it was last seen to hold: compute_levels() for everything at once.
create or replace view sync.inventory_levels as
with stock as (
  select m.shop_id, a.product_key, m.location_id, greatest(sync.whole_units(sum(a.available)), 0) as available
  from sync.describe_stock() as a
  inner join sync.shop_locations as m on a.location_key = m.location_key
  group by m.shop_id, a.product_key, m.location_id
)

select
  h.domain as shop,
  l.product_key,
  l.sku,
  l.title,
  o.name as location,
  coalesce(s.available, 0) as counted,
  sync.still_owed(l.uncounted, l.unbooked, l.counted_before, coalesce(s.available, 0)) as uncounted,
  case
    when l.has_departed then 0
    else
      coalesce(s.available, 0)
      - sync.still_owed(l.uncounted, l.unbooked, l.counted_before, coalesce(s.available, 0))
  end as desired,
  l.seen,
  l.seen_at,
  l.acknowledged,
  l.acknowledged_at,
  p.since as pending_since,
  l.tracked,
  l.shop_id,
  l.inventory_item_id,
  l.location_id
from sync.linked_levels as l
inner join sync.shops as h on l.shop_id = h.id
inner join sync.locations as o on l.shop_id = o.shop_id and l.location_id = o.location_id
left join stock as s on l.shop_id = s.shop_id and l.product_key = s.product_key and l.location_id = s.location_id
left join sync.pending as p on l.shop_id = p.shop_id and p.kind = 'inventory' and l.product_key = p.key
where exists (select from sync.mapping);
comment on view sync.inventory_levels is
'Every linked level: counted in the warehouse, less uncounted (orders not imported yet), is desired; seen is what '
'Shopify was last seen to hold.';
