-- Levels that fell within the last day without an order that was seen and without a push of ours, and that are set to
-- what the warehouse counts again: somebody typed a number, or an order came and was sent between two readings. If it
-- was an order and nobody books it, its units are offered twice; only people can tell.
create or replace view sync.unseen_sales as
with falls as (
  select
    d.shop_id, d.inventory_item_id, d.location_id, max(d.size) as units, max(d.first_seen_at) as at
  from sync.level_discrepancies as d
  where d.cause = 'foreign edit' and d.size > 0 and d.vanished_at is null
    and d.first_seen_at > now() - interval '1 day'
  group by d.shop_id, d.inventory_item_id, d.location_id
  union all
  select c.shop_id, c.inventory_item_id, c.location_id, max(c.expected - c.found), max(c.found_at)
  from sync.level_conflicts as c
  inner join sync.levels as e
    on c.shop_id = e.shop_id and c.inventory_item_id = e.inventory_item_id and c.location_id = e.location_id
  where c.cause = 'foreign edit' and c.found < c.expected and c.found_at > now() - interval '1 day'
    and e.acknowledged > c.found and e.request_id > c.request_id
  group by c.shop_id, c.inventory_item_id, c.location_id
)

select
  h.domain as shop,
  k.product_key,
  k.sku,
  o.name as location,
  max(f.units) as units,
  max(f.at) as found_at,
  format('%s at %s', coalesce(k.sku, k.product_key), o.name) as subject,
  format(
    '%s of %s at %s: gone in %s without an order that was seen or a push, found %s UTC. The warehouse still counts '
    'them, so they are offered again.',
    case max(f.units) when 1 then '1 unit' else max(f.units) || ' units' end, coalesce(k.sku, k.product_key), o.name,
    h.domain, to_char(max(f.at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
  ) as message,
  h.id as shop_id
from falls as f
inner join sync.shops as h on f.shop_id = h.id
inner join sync.links as k on f.shop_id = k.shop_id and f.inventory_item_id = k.inventory_item_id
inner join sync.locations as o on f.shop_id = o.shop_id and f.location_id = o.location_id
where k.state = 'ok'
group by h.id, h.domain, k.product_key, k.sku, o.name;
comment on view sync.unseen_sales is
'Levels that fell within the last day without an order or a push, and are offered again: edits, or orders that were '
'sent before they were seen.';
