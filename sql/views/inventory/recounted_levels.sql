-- The levels of products that are not known to be as noted, counted now: compute_levels() for all shops at once.
create or replace view sync.recounted_levels as
with looked_at as materialized (
  select l.*
  from sync.uncertain_products as u
  -- One by one: as few as there are.
  cross join lateral (
    select n.* from sync.linked_levels as n
    where n.shop_id = u.shop_id and n.product_key = u.product_key
    order by n.inventory_item_id, n.location_id
    limit 1000000
  ) as l
),

stock as materialized (
  select
    m.shop_id, a.product_key, m.location_id,
    greatest(sync.whole_units(sum(a.available)) - coalesce(sum(r.units), 0), 0)::integer as available
  from sync.read_stock(array(select distinct o.product_key from looked_at as o where not o.has_departed)) as a
  inner join sync.shop_locations as m on a.location_key = m.location_key
  left join lateral (
    select sum(u.units) as units from sync.reserved_units as u
    where u.shop_id <> m.shop_id and u.product_key = a.product_key and u.location_key = a.location_key
  ) as r on true
  where m.location_id is not null
  group by m.shop_id, a.product_key, m.location_id
),

counted as (
  select l.*, coalesce(s.available, 0) as counted
  from looked_at as l
  left join stock as s
    on l.shop_id = s.shop_id and l.product_key = s.product_key and l.location_id = s.location_id and not l.has_departed
),

owed as (
  select c.*, sync.still_owed(c.uncounted, c.unbooked, c.counted_before, c.counted) as owed
  from counted as c
)

select
  l.shop_id,
  l.product_key,
  l.sku,
  l.title,
  l.inventory_item_id,
  l.location_id,
  l.counted,
  l.owed as uncounted,
  case when l.has_departed then 0 else l.counted - l.owed end as desired,
  l.seen,
  l.seen_at,
  l.acknowledged,
  l.acknowledged_at,
  l.tracked
from owed as l
where sync.has_products();
comment on view sync.recounted_levels is
'Levels that are not known to be as they were last counted (uncertain_products), counted now.';
