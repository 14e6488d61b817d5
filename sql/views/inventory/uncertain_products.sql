-- Linked products whose levels may be other than was noted when they were last counted (levels.counted): something of
-- them waits for the relay or to be pushed, was refused, found wrong or left behind; Shopify does not track them, shows
-- another number than the one that was counted, or they never were. The stock of all others need not be counted anew to
-- know what their levels should be.
create or replace view sync.uncertain_products as
with queued as materialized (
  select distinct q.product_key from sync.queued_products as q
),

named as (
  select h.id as shop_id, q.product_key from queued as q
  cross join sync.shops as h
  where q.product_key is not null
  union all
  select p.shop_id, p.key from sync.pending as p
  where p.kind = 'inventory'
  union all
  select f.shop_id, f.key from sync.refusals as f
  where f.kind = 'inventory'
  union all
  select d.shop_id, d.product_key from sync.level_discrepancies as d
  where d.corrected_at is null and d.vanished_at is null
  union all
  select d.shop_id, d.product_key from sync.departed_items as d
  union all
  select k.shop_id, k.product_key from sync.linked_items as k
  where exists (select from queued as q where q.product_key is null)
  union all
  select v.shop_id, k.product_key from sync.variants as v
  inner join sync.links as k on v.shop_id = k.shop_id and v.inventory_item_id = k.inventory_item_id
  where not v.tracked
  union all
  select e.shop_id, k.product_key from sync.levels as e
  -- One by one: hardly any differ, which no statistics tell.
  cross join lateral (
    select l.product_key from sync.links as l
    where l.shop_id = e.shop_id and l.inventory_item_id = e.inventory_item_id
    order by l.inventory_item_id
    limit 1
  ) as k
  where
    e.counted - greatest(e.committed - e.committed_counted, 0) - e.unbooked is distinct from e.available
    and (e.shop_id, e.location_id) in (select m.shop_id, m.location_id from sync.managed_locations as m)
)

select distinct n.shop_id, n.product_key
from named as n;
comment on view sync.uncertain_products is
'Linked products whose levels may be other than was noted when they were last counted.';
