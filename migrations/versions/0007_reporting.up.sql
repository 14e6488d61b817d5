--! include views/push_latencies.sql
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
  cross join json_array_elements(r.variables -> 'input' -> 'quantities') as e (entry)
  inner join sync.links as k
    on r.shop_id = k.shop_id and split_part(e.entry ->> 'inventoryItemId', '/', 5)::bigint = k.inventory_item_id
  where r.state = 'applied' and r.created_at > now() - interval '1 day'
),

moved as (
  select key as product_key, changed_at from sync.change_log
  where entity = 'item' and key is not null and relayed_at > now() - interval '1 day'
  union all
  select old_key, changed_at from sync.change_log
  where entity = 'item' and old_key is not null and relayed_at > now() - interval '1 day'
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
--! end

--! include views/product_changes.sql
-- Every captured change of a product and its items, as far back as the change log is kept.
create or replace view sync.product_changes as
select
  c.id,
  c.product_key,
  p.sku,
  p.title,
  c.entity,
  c.op,
  c.changed_at,
  c.relayed_at,
  c.xid::text as transaction
from (
  select id, key as product_key, entity, op, changed_at, relayed_at, xid from sync.change_log
  where entity in ('item', 'product') and key is not null
  union all
  select id, old_key, entity, op, changed_at, relayed_at, xid from sync.change_log
  where entity in ('item', 'product') and old_key is not null
) as c
left join sync.source_products as p on c.product_key = p.product_key;
comment on view sync.product_changes is
'Captured changes of products and their items. A bulk change, which stands for all products, is not among them.';
--! end

--! include views/pushed_levels.sql
-- Every level that was ever sent, as far back as requests are kept: what was asked of Shopify and how it ended.
create or replace view sync.pushed_levels as
select
  h.domain as shop,
  k.product_key,
  k.sku,
  o.name as location,
  (e.entry ->> 'changeFromQuantity')::integer as change_from,
  (e.entry ->> 'quantity')::integer as quantity,
  r.state,
  r.sends,
  r.created_at,
  r.answered_at,
  r.id as request_id,
  r.job_id,
  r.idempotency_key
from sync.requests as r
cross join json_array_elements(r.variables -> 'input' -> 'quantities') as e (entry)
inner join sync.shops as h on r.shop_id = h.id
left join sync.links as k
  on r.shop_id = k.shop_id and split_part(e.entry ->> 'inventoryItemId', '/', 5)::bigint = k.inventory_item_id
left join sync.locations as o
  on r.shop_id = o.shop_id and split_part(e.entry ->> 'locationId', '/', 5)::bigint = o.location_id
where r.kind = 'inventory';
comment on view sync.pushed_levels is 'Levels that were sent to Shopify: from which number to which, and how it ended.';
--! end

grant select on sync.push_latencies, sync.product_changes, sync.pushed_levels to sync_runner, sync_reporting;
