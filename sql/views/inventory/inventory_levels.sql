-- What every shop should hold beside what it was last seen to hold: what compute_levels() tells, with the stock counted
-- anew only where it may have changed since it was last counted. Shop by shop, so that a page is there at once.
create or replace view sync.inventory_levels as
select
  h.domain as shop,
  l.product_key,
  l.sku,
  l.title,
  o.name as location,
  l.counted,
  l.uncounted,
  l.desired,
  l.seen,
  l.seen_at,
  l.acknowledged,
  l.acknowledged_at,
  p.since as pending_since,
  l.tracked,
  h.id as shop_id,
  l.inventory_item_id,
  l.location_id
from sync.shops as h
cross join lateral (
  select
    n.product_key, n.sku, n.title, n.inventory_item_id, n.location_id, n.counted_before as counted,
    n.uncounted + n.unbooked as uncounted, n.counted_before - n.uncounted - n.unbooked as desired, n.seen, n.seen_at,
    n.acknowledged, n.acknowledged_at, n.tracked
  from sync.linked_levels as n
  where
    n.shop_id = h.id
    and (n.shop_id, n.product_key) not in (select u.shop_id, u.product_key from sync.uncertain_products as u)
  union all
  select
    r.product_key, r.sku, r.title, r.inventory_item_id, r.location_id, r.counted, r.uncounted, r.desired, r.seen,
    r.seen_at, r.acknowledged, r.acknowledged_at, r.tracked
  from sync.recounted_levels as r
  where r.shop_id = h.id
) as l
left join lateral (
  select n.name from sync.locations as n
  where n.shop_id = h.id and n.location_id = l.location_id
  order by n.location_id
  limit 1
) as o on true
left join sync.pending as p on h.id = p.shop_id and p.kind = 'inventory' and l.product_key = p.key
where sync.has_products();
comment on view sync.inventory_levels is
'Every linked level: counted in the warehouse, less uncounted (orders not imported yet), is desired; seen is what '
'Shopify was last seen to hold.';
