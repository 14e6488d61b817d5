-- Stock that cannot be pushed, before anything is sent: no variant is the product's, Shopify does not track it, or its
-- location is mapped nowhere; and stock left behind by products that are gone.
create or replace view sync.inventory_obstacles as
with unlinked as materialized (  -- No more than two indexes know: both are in its order.
  select v.shop_id, v.inventory_item_id
  from sync.variants as v
  where not exists (
    select from sync.links as k where k.shop_id = v.shop_id and k.inventory_item_id = v.inventory_item_id
  )
),

found as (  -- A constant has a name in each branch: without, a restored view would read differently.
  select h.domain as shop, k.product_key as key, k.sku, null as part, k.class, k.message, k.first_at, k.last_at
  from sync.link_obstacles as k
  inner join sync.shops as h on k.shop_id = h.id
  union all
  select
    h.domain,
    v.variant_id::text,
    v.sku,
    null as part,
    'DOUBLED_SKU' as class,
    format('%s has the SKU %s as well, and gets no stock: the product is linked to %s.', v.title, v.sku, w.title),
    v.read_at,
    v.read_at
  from unlinked as u
  inner join sync.variants as v on u.shop_id = v.shop_id and u.inventory_item_id = v.inventory_item_id
  inner join sync.links as k on v.shop_id = k.shop_id and v.sku = k.sku
  inner join sync.variants as w on k.shop_id = w.shop_id and k.variant_id = w.variant_id
  inner join sync.shops as h on v.shop_id = h.id
  where k.state = 'ok'
  union all
  select
    h.domain,
    v.variant_id::text,
    v.sku,
    o.name,
    'UNLINKED_STOCK' as class,
    format(
      'Shopify still offers %s units of %s from us, but no product is linked to it any more.', e.available, v.title
    ),
    e.acknowledged_at,
    e.seen_at
  from unlinked as u
  inner join sync.variants as v on u.shop_id = v.shop_id and u.inventory_item_id = v.inventory_item_id
  inner join sync.levels as e on v.shop_id = e.shop_id and v.inventory_item_id = e.inventory_item_id
  inner join sync.shops as h on e.shop_id = h.id
  inner join sync.locations as o on e.shop_id = o.shop_id and e.location_id = o.location_id
  where e.acknowledged > 0 and e.available > 0 and not exists (
    select from sync.departed_items as d where d.shop_id = e.shop_id and d.inventory_item_id = e.inventory_item_id
  )
  union all
  select u.shop, u.location_key, null as sku, u.location, 'CLOSED_LOCATION' as class, u.message, o.read_at, o.read_at
  from sync.unmapped_locations as u
  inner join sync.locations as o on u.shop_id = o.shop_id and u.location_id = o.location_id
  where not exists (select from sync.mapping_faults as f where f.entry in ('products', 'locations', 'stock'))
  union all
  select h.domain, s.key, s.sku, s.part, s.class, s.message, h.linked_at, h.linked_at
  from sync.shops as h
  cross join sync.stock_oddities as s
  where h.linked_at is not null and (s.class <> 'UNMAPPED_LOCATION' or not exists (
    select from sync.shop_locations as m where m.shop_id = h.id and m.location_key = s.key
  ))
  -- What cannot be read is told by an alert; the other refusals are shown all the same.
  and not exists (select from sync.mapping_faults as f where f.entry in ('products', 'locations', 'stock'))
)

select
  b.shop, b.key, b.sku, b.part, b.class, b.message, format(r.remedy, b.shop, b.key) as remedy, r.ends, b.first_at,
  b.last_at
from found as b
inner join sync.remedies as r on b.class = r.topic;
comment on view sync.inventory_obstacles is
'Stock that cannot be pushed: unlinked or untracked products, unmapped locations, stock left behind; each with its '
'class, its reason, the remedy, and when it ends by itself.';
