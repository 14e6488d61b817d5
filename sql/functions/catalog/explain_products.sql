-- Everything that explains what the shops show of one product: its fields, ours and theirs, what was agreed, conflicts,
-- the last request, refusals. p_by says what p_name is: a SKU or a key of a product (sku), a handle, or a product: the
-- key of its group, or its number or id at Shopify. One element for each shop and group.
create or replace function sync.explain_products(p_name text, p_by text) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with named as (
  select g.group_key
  from sync.find_products(p_name) as p
  cross join lateral sync.group_products(array[p.product_key]) as g
  where p_by = 'sku'
  union
  select k.group_key
  from sync.product_links as k
  where p_by = 'product'
    and (
      k.group_key in (p_name, 'group:' || p_name)
      or k.product_id::text = regexp_replace(p_name, '^gid://shopify/Product/', '')
    )
  union
  select b.key from sync.field_bases as b
  where p_by = 'handle' and b.entity = 'product' and b.seen ->> 'handle' = p_name
),

listed as (
  select coalesce(array_agg(n.group_key), '{}') as groups from named as n
),

computed as (
  select h.id as shop_id, h.domain, n.group_key, c.fields, c.variants
  from sync.shops as h
  inner join sync.catalogs as s on h.id = s.shop_id
  cross join listed as l
  cross join lateral unnest(l.groups) as n (group_key)
  left join sync.compute_products(h.id, l.groups) as c on n.group_key = c.group_key
  left join sync.product_links as k on h.id = k.shop_id and n.group_key = k.group_key
  where c.group_key is not null or k.group_key is not null
),

objects as (
  select c.shop_id, c.group_key, 'product' as entity, c.group_key as key, coalesce(c.fields, '{}') as fields
  from computed as c
  union all
  select c.shop_id, c.group_key, 'variant' as entity, v.variant ->> 'key', v.variant -> 'fields'
  from computed as c
  cross join lateral jsonb_array_elements(c.variants) as v (variant)
),

fields as (
  select
    o.shop_id, o.group_key,
    jsonb_agg(jsonb_build_object(
      'entity', o.entity, 'key', o.key, 'field', f.key, 'ours', f.value, 'theirs', b.seen -> f.key,
      'base', b.theirs -> f.key, 'agreed', b.ours -> f.key, 'rule', sync.rule_of(o.shop_id, o.entity, f.key)
    ) order by o.entity, o.key, f.key) as listed
  from objects as o
  cross join lateral jsonb_each(o.fields) as f
  left join sync.field_bases as b on o.shop_id = b.shop_id and o.entity = b.entity and o.key = b.key
  group by o.shop_id, o.group_key
),

conflicts as (
  select o.shop_id, o.group_key, jsonb_agg(to_jsonb(c) - 'shop_id' order by c.id desc) as listed
  from objects as o
  inner join sync.field_conflicts as c on o.shop_id = c.shop_id and o.entity = c.entity and o.key = c.key
  group by o.shop_id, o.group_key
),

requests as (
  select distinct on (c.shop_id, c.group_key)
    c.shop_id, c.group_key, jsonb_build_object(
      'id', r.id, 'document', r.document, 'state', r.state, 'sends', r.sends, 'created_at', r.created_at,
      'answered_at', r.answered_at, 'idempotency_key', r.idempotency_key
    ) as request
  from computed as c
  inner join sync.requests as r on c.shop_id = r.shop_id and r.kind = 'catalog' and r.keys @> array[c.group_key]
  order by c.shop_id asc, c.group_key asc, r.id desc
),

refusals as (
  select c.shop_id, c.group_key, jsonb_agg(jsonb_build_object(
    'class', f.class, 'message', f.message, 'remedy', coalesce(r.remedy, a.remedy), 'ends', coalesce(r.ends, a.ends)
  ) order by f.class) as listed
  from computed as c
  inner join sync.refusals as f on c.shop_id = f.shop_id and f.kind = 'catalog' and c.group_key = f.key
  left join sync.remedies as r on f.class = r.topic
  inner join sync.remedies as a on a.topic = 'OTHERWISE'
  group by c.shop_id, c.group_key
)

select coalesce(jsonb_agg(jsonb_build_object(
  'shop', c.domain, 'group_key', c.group_key, 'title', coalesce(c.fields ->> 'title', b.seen ->> 'title'),
  'state', l.state, 'status', b.seen ->> 'status', 'reason', l.reason,
  'product_id', l.product_id, 'updated_at', l.updated_at, 'held', g.held_reason,
  'pending', to_jsonb(p), 'fields', coalesce(f.listed, '[]'), 'conflicts', coalesce(o.listed, '[]'),
  'request', r.request, 'refusals', coalesce(q.listed, '[]')
) order by c.domain, c.group_key), '[]')
from computed as c
left join sync.product_links as l on c.shop_id = l.shop_id and c.group_key = l.group_key
left join sync.field_bases as b on c.shop_id = b.shop_id and b.entity = 'product' and c.group_key = b.key
left join fields as f on c.shop_id = f.shop_id and c.group_key = f.group_key
left join conflicts as o on c.shop_id = o.shop_id and c.group_key = o.group_key
left join requests as r on c.shop_id = r.shop_id and c.group_key = r.group_key
left join refusals as q on c.shop_id = q.shop_id and c.group_key = q.group_key
left join sync.guards as g on c.shop_id = g.shop_id and g.kind = 'catalog'
left join sync.pending_changes as p on c.domain = p.shop and p.kind = 'catalog' and c.group_key = p.key;
end;
comment on function sync.explain_products(text, text) is
'Everything that explains what the shops show of one product, by its SKU, its handle, or itself.';
