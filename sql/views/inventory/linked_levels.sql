-- Every level that is ours to write: of a linked product, at a managed location, beside what Shopify was last seen to
-- hold; and of an item that has departed, until it was set to 0. uncounted: units of orders that Shopify has committed
-- and the warehouse does not know yet, on the shelf but sold already: so many less than are counted are to be offered;
-- unbooked: units that were sent while the warehouse counted counted_before, until it counts less (still_owed()).
-- Each is looked up one by one, whatever plan the runner keeps: it may have been made while there were few.
create or replace view sync.linked_levels as
select
  k.shop_id,
  k.product_key,
  k.sku,
  k.variant_id,
  k.inventory_item_id,
  m.location_id,
  v.title,
  v.tracked,
  greatest(e.committed - e.committed_counted, 0) as uncounted,
  e.unbooked,
  e.counted as counted_before,
  e.available as seen,
  e.seen_at,
  e.acknowledged,
  e.acknowledged_at,
  k.has_departed
from sync.linked_items as k
cross join lateral (
  select w.title, w.tracked from sync.variants as w
  where w.shop_id = k.shop_id and w.variant_id = k.variant_id
  order by w.variant_id
  limit 1
) as v
inner join sync.managed_locations as m on k.shop_id = m.shop_id
left join lateral (
  select
    l.available, l.committed, l.committed_counted, l.unbooked, l.counted, l.seen_at, l.acknowledged,
    l.acknowledged_at
  from sync.levels as l
  where l.shop_id = k.shop_id and l.inventory_item_id = k.inventory_item_id and l.location_id = m.location_id
  order by l.location_id
  limit 1
) as e on true
where not k.has_departed or e.available is not null;
comment on view sync.linked_levels is
'Every level that is ours to write, beside what Shopify was last seen to hold, and units that are sold but not counted.';
