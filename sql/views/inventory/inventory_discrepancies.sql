-- Levels that Shopify was last seen to hold otherwise than it should, with what is being done about it.
create or replace view sync.inventory_discrepancies as
select
  h.domain as shop,
  l.product_key,
  l.sku,
  l.title,
  o.name as location,
  l.desired,
  l.seen,
  l.desired - l.seen as difference,
  case
    when f.id is not null then 'refused: ' || f.class
    when p.since is not null then 'pending'
    else 'unexplained'
  end as explanation,
  p.since as pending_since,
  l.seen_at
from sync.recounted_levels as l
inner join sync.shops as h on l.shop_id = h.id
inner join sync.locations as o on l.shop_id = o.shop_id and l.location_id = o.location_id
left join sync.pending as p on l.shop_id = p.shop_id and p.kind = 'inventory' and l.product_key = p.key
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
