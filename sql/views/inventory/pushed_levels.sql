-- Every level that was ever sent, as far back as requests are kept: what was asked of Shopify and how it ended.
create or replace view sync.pushed_levels as
select
  h.domain as shop,
  k.product_key,
  k.sku,
  o.name as location,
  e.change_from_quantity as change_from,
  e.quantity,
  r.state,
  r.sends,
  r.created_at,
  r.answered_at,
  r.id as request_id,
  r.job_id,
  r.idempotency_key
from sync.requests as r
cross join lateral sync.level_entries(r.variables) as e
inner join sync.shops as h on r.shop_id = h.id
left join sync.linked_items as k on r.shop_id = k.shop_id and e.inventory_item_id = k.inventory_item_id
left join sync.locations as o on r.shop_id = o.shop_id and e.location_id = o.location_id
where r.kind = 'inventory';
comment on view sync.pushed_levels is 'Levels that were sent to Shopify: from which number to which, and how it ended.';
