-- What reconciling found wrong at Shopify and what is neither corrected nor come right since.
create or replace view sync.open_discrepancies as
select
  h.domain as shop,
  'inventory' as kind,
  d.product_key,
  k.sku,
  o.name as location,
  d.expected,
  d.found,
  d.size,
  d.cause,
  p.since as pending_since,
  d.first_seen_at,
  d.last_seen_at,
  d.run_id,
  d.inventory_item_id,
  d.location_id
from sync.level_discrepancies as d
inner join sync.shops as h on d.shop_id = h.id
left join sync.links as k on d.shop_id = k.shop_id and d.product_key = k.product_key
left join sync.locations as o on d.shop_id = o.shop_id and d.location_id = o.location_id
left join sync.pending as p on d.shop_id = p.shop_id and p.kind = 'inventory' and d.product_key = p.key
where d.corrected_at is null and d.vanished_at is null;
comment on view sync.open_discrepancies is
'Levels that reconciling found wrong and that are neither corrected nor come right since; pending_since tells '
'whether the correction is on its way.';
