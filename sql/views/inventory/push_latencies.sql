-- How long changes of the last day took, push by push: from a product's first change that a request carried to
-- Shopify's answer. A change that another took back at once is carried by the next push, which then looks late:
-- read medians rather than single rows.
create or replace view sync.push_latencies as
with carried as (
  select
    r.shop_id,
    k.product_key,
    k.sku,
    r.id as request_id,
    r.created_at,
    r.answered_at,
    lag(r.created_at, 1, greatest(k.changed_at, now() - interval '1 day'))
      over (partition by r.shop_id, k.product_key order by r.created_at) as after
  from sync.requests as r
  cross join lateral sync.level_entries(r.variables) as e
  inner join sync.links as k on r.shop_id = k.shop_id and e.inventory_item_id = k.inventory_item_id
  where r.kind = 'inventory' and r.state = 'applied' and r.created_at > now() - interval '1 day'
),

moved as (
  select product_key, changed_at from sync.moved_products where relayed_at > now() - interval '1 day'
)

select
  h.domain as shop,
  c.product_key,
  c.sku,
  min(m.changed_at) as changed_at,
  c.answered_at as acknowledged_at,
  (1000 * extract(epoch from c.answered_at - min(m.changed_at)))::double precision as milliseconds,
  count(*) as changes,
  c.request_id
from carried as c
inner join moved as m on c.product_key = m.product_key and m.changed_at > c.after and m.changed_at <= c.created_at
inner join sync.shops as h on c.shop_id = h.id
group by h.domain, c.product_key, c.sku, c.answered_at, c.request_id;
comment on view sync.push_latencies is
'Pushes of the last day: from a product''s first change that a request carried to Shopify''s answer, in milliseconds.';
