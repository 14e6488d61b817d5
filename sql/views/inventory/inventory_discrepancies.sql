-- Levels that Shopify was last seen to hold otherwise than it should, with what is being done about it.
create or replace view sync.inventory_discrepancies as
select
  l.shop,
  l.product_key,
  l.sku,
  l.title,
  l.location,
  l.desired,
  l.seen,
  l.desired - l.seen as difference,
  case
    when f.id is not null then 'refused: ' || f.class
    when l.pending_since is not null then 'pending'
    else 'unexplained'
  end as explanation,
  l.pending_since,
  l.seen_at
from sync.inventory_levels as l
left join lateral (
  select r.id, r.class from sync.refusals as r
  where
    r.shop_id = l.shop_id and r.kind = 'inventory' and r.key = l.product_key
    and r.part in (l.location_id::text, '')
  order by r.last_at desc
  limit 1
) as f on true
where l.desired is distinct from l.seen;
comment on view sync.inventory_discrepancies is
'Levels that Shopify was last seen to hold otherwise than it should, and why: pending, refused or unexplained.';
