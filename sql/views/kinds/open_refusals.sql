-- What needs a person: what was refused for good, and what stands in the way of the subjects of all kinds.
create or replace view sync.open_refusals as
select
  h.domain as shop,
  f.kind,
  f.key,
  k.sku,
  coalesce(o.name, nullif(f.part, '')) as part,
  f.class,
  f.message,
  coalesce(r.remedy, a.remedy) as remedy,
  coalesce(r.ends, a.ends) as ends,
  f.refusals,
  f.first_at,
  f.last_at
from sync.refusals as f
inner join sync.shops as h on f.shop_id = h.id
inner join sync.kinds as n on f.kind = n.kind
left join sync.links as k on n.entity = 'product' and f.shop_id = k.shop_id and f.key = k.product_key
left join sync.locations as o on f.kind = 'inventory' and f.shop_id = o.shop_id and f.part = o.location_id::text
left join sync.remedies as r on f.class = r.topic
inner join sync.remedies as a on a.topic = 'OTHERWISE'
union all
select shop, 'inventory', key, sku, part, class, message, remedy, ends, 1, first_at, last_at
from sync.inventory_obstacles;
comment on view sync.open_refusals is
'What needs a person: refused pushes, unlinked or untracked products, unmapped locations; each with its class, its '
'reason, the remedy, and when it ends by itself.';
