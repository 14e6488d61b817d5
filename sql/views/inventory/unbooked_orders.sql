-- Units that Shopify has sent to customers and the warehouse still counts: they are not offered again until it counts
-- less, for a day at most, and what to do about it.
create or replace view sync.unbooked_orders as
select
  h.domain as shop,
  k.product_key,
  k.sku,
  o.name as location,
  e.unbooked as units,
  e.unbooked_at as since,
  e.unbooked_at + interval '1 day' as until,
  format('%s at %s', coalesce(k.sku, k.product_key), o.name) as subject,
  format(
    '%s of %s at %s: sent by %s, not booked in the warehouse, and so not offered again until it counts less than %s, '
    'or until %s UTC.',
    case e.unbooked when 1 then '1 unit' else e.unbooked || ' units' end, coalesce(k.sku, k.product_key), o.name,
    h.domain, e.counted, to_char((e.unbooked_at + interval '1 day') at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
  ) as message,
  e.shop_id
from sync.levels as e
inner join sync.shops as h on e.shop_id = h.id
inner join sync.links as k on e.shop_id = k.shop_id and e.inventory_item_id = k.inventory_item_id
inner join sync.locations as o on e.shop_id = o.shop_id and e.location_id = o.location_id
where e.unbooked > 0 and k.state = 'ok';
comment on view sync.unbooked_orders is
'Units that Shopify has sent to customers and the warehouse still counts: held back until it counts less, for a day '
'at most.';
