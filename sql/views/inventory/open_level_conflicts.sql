-- What Shopify was found to hold otherwise than we had last seen, and what has not come right since: an
-- un-imported order until it is counted here, a foreign edit until Shopify has acknowledged our number again.
create or replace view sync.open_level_conflicts as
select
  h.domain as shop,
  'inventory' as kind,
  k.product_key,
  k.sku,
  o.name as location,
  c.expected,
  c.found,
  c.committed_found - c.committed_expected as newly_committed,
  c.cause,
  c.found_at,
  c.request_id
from sync.level_conflicts as c
inner join sync.shops as h on c.shop_id = h.id
left join sync.linked_items as k on c.shop_id = k.shop_id and c.inventory_item_id = k.inventory_item_id
left join sync.locations as o on c.shop_id = o.shop_id and c.location_id = o.location_id
left join sync.levels as e
  on c.shop_id = e.shop_id and c.inventory_item_id = e.inventory_item_id and c.location_id = e.location_id
where
  case c.cause
    when 'un-imported order' then e.committed > e.committed_counted
    else coalesce(e.request_id <= c.request_id, true)
  end;
comment on view sync.open_level_conflicts is
'Levels that Shopify holds otherwise than last seen, with the cause: an order not imported yet, or a foreign edit '
'that no push of ours has answered yet.';
