-- What would change at Shopify if a shop went live now, field by field, by what was read of it last: products that
-- would be created, changed, or leave, and variants that would be deleted (one row, without a field). What is left to
-- the shop, or to a person, does not change.
create or replace function sync.planned_products(p_shop_id bigint)
returns table (change text, group_key text, entity text, key text, field text, theirs jsonb, ours jsonb)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with computed as materialized (
  select c.*, k.product_id
  from sync.compute_products(p_shop_id, null) as c
  left join sync.product_links as k on k.shop_id = p_shop_id and c.group_key = k.group_key
),

wanted as (
  select c.group_key, c.product_id, 'product' as entity, c.group_key as key, f.key as field, f.value
  from computed as c
  cross join lateral jsonb_each(c.fields) as f
  union all
  select c.group_key, c.product_id, 'variant' as entity, v.variant ->> 'key' as key, f.key as field, f.value
  from computed as c
  cross join lateral jsonb_array_elements(c.variants) as v (variant)
  cross join lateral jsonb_each(v.variant -> 'fields') as f
)

select
  case when w.product_id is null then 'created' else 'changed' end, w.group_key, w.entity, w.key, w.field,
  b.seen -> w.field, w.value
from wanted as w
left join sync.field_bases as b on b.shop_id = p_shop_id and w.entity = b.entity and w.key = b.key
where w.product_id is null or (
  case
    when b.ours ? w.field then (b.ours -> w.field) <> w.value
    when b.seen ? w.field then (b.seen -> w.field) <> w.value
    else w.value not in ('null', '[]', '""')
  end and not exists (
    select from sync.field_rules as r
    where r.shop_id = p_shop_id and r.entity = w.entity and r.field in (w.field, split_part(w.field, '.', 1))
      and (r.rule = 'theirs' or (r.rule = 'manual' and not b.ours ? w.field))
  )
)
union all
select
  'changed' as change, k.group_key, 'product' as entity, k.group_key as key, 'status' as field,
  to_jsonb(b.seen ->> 'status') as theirs, to_jsonb(k.status_before) as ours
from computed as c
inner join sync.product_links as k on k.shop_id = p_shop_id and c.group_key = k.group_key and k.state = 'left'
left join sync.field_bases as b on b.shop_id = p_shop_id and b.entity = 'product' and c.group_key = b.key
where k.product_id is not null and not c.fields ? 'status'
union all
select
  'leaving' as change, m.group_key, 'variant' as entity, m.product_key as key, null as field, null as theirs,
  null as ours
from sync.catalog_variants as m
inner join computed as c on m.group_key = c.group_key
where m.shop_id = p_shop_id and not exists (
  select from jsonb_array_elements(c.variants) as v (variant) where v.variant ->> 'key' = m.product_key
)
union all
select
  'leaving' as change, k.group_key, 'product' as entity, k.group_key as key, null as field, null as theirs,
  null as ours
from sync.product_links as k
inner join sync.catalogs as c on k.shop_id = c.shop_id and c.on_delete <> 'ignore'
where k.shop_id = p_shop_id and k.state = 'ok'
  and not exists (select from computed as n where n.group_key = k.group_key);
end;
comment on function sync.planned_products(bigint) is
'What would change at Shopify if a shop went live now, field by field.';
