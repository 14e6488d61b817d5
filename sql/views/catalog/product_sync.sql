-- Each product of each shop that follows the warehouse: where it is, and how far it is in step.
create or replace view sync.product_sync as
select
  h.domain as shop,
  l.group_key,
  l.product_id,
  l.state,
  l.reason,
  b.seen ->> 'title' as title,
  b.seen ->> 'status' as status,
  p.since as pending_since,
  c.name as priority,
  f.class as refused,
  f.message,
  l.updated_at,
  b.seen_at
from sync.product_links as l
inner join sync.shops as h on l.shop_id = h.id
left join sync.field_bases as b on l.shop_id = b.shop_id and b.entity = 'product' and l.group_key = b.key
left join sync.pending as p on l.shop_id = p.shop_id and p.kind = 'catalog' and l.group_key = p.key
left join sync.priorities as c on p.urgency / 1000000 = c.class
left join sync.refusals as f on l.shop_id = f.shop_id and f.kind = 'catalog' and l.group_key = f.key and f.part = '';
comment on view sync.product_sync is 'Products of shops that follow the warehouse, with what waits of each and what was refused.';
