-- Which products would be made, changed, archived at Shopify if a shop went live now, by what was read of it last. No
-- row where the catalogue does not follow the warehouse. The fingerprint stands for every field of it, the basis for
-- what the fields are made by: the warehouse mapping, and how the catalogue follows.
create or replace function sync.draft_catalog(p_shop_id bigint)
returns table (fingerprint text, basis text, parts integer, moves integer, losses integer, detail jsonb)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with followed as (
  select md5(concat(
    max(m.fingerprint), min(c.on_delete), min(c.publications::text), string_agg(
      format('%s.%s=%s', r.entity, r.field, r.rule), ',' order by r.entity, r.field
    )
  )) as basis
  from sync.catalogs as c
  left join sync.mapping as m on true
  left join sync.field_rules as r on c.shop_id = r.shop_id
  where c.shop_id = p_shop_id
  having count(*) > 0
),

computed as materialized (
  select c.*, k.product_id, k.state
  from sync.compute_products(p_shop_id, null) as c
  left join sync.product_links as k on k.shop_id = p_shop_id and c.group_key = k.group_key
),

wanted as (
  select c.group_key, c.product_id, 'product' as entity, c.group_key as key, f.key as field, f.value
  from computed as c
  cross join lateral jsonb_each(c.fields) as f
  union all
  select c.group_key, c.product_id, 'variant' as entity, v.variant ->> 'key', f.key, f.value
  from computed as c
  cross join lateral jsonb_array_elements(c.variants) as v (variant)
  cross join lateral jsonb_each(v.variant -> 'fields') as f
),

differing as materialized (
  select w.group_key, w.product_id is null as is_new, w.key, w.field, w.value
  from wanted as w
  left join sync.field_bases as b on b.shop_id = p_shop_id and w.entity = b.entity and w.key = b.key
  where case
    when w.product_id is null then true
    when b.ours ? w.field then (b.ours -> w.field) <> w.value
    when b.seen ? w.field then (b.seen -> w.field) <> w.value
    else w.value not in ('null', '[]', '""')
  end
),

counted as (
  select
    count(distinct d.group_key) filter (where d.is_new) as created,
    count(distinct d.group_key) filter (where not d.is_new) as changed,
    md5(coalesce(string_agg(
      concat_ws(',', d.group_key, d.key, d.field, d.value::text), ';' order by d.group_key, d.key, d.field
    ), '')) as digest
  from differing as d
),

tallied as (
  select d.field, count(*) as number from differing as d where not d.is_new group by d.field
),

fields as (
  select coalesce(jsonb_object_agg('changed_' || f.field, f.number), '{}') as numbers from tallied as f
),

total as (
  select count(*) as number from computed
),

leaving as (
  select count(*) as number, md5(coalesce(string_agg(k.group_key, ';' order by k.group_key), '')) as digest
  from sync.product_links as k
  inner join sync.catalogs as c on k.shop_id = c.shop_id and c.on_delete <> 'ignore'
  where k.shop_id = p_shop_id and k.state = 'ok'
    and not exists (select from computed as n where n.group_key = k.group_key)
)

select
  left(md5(concat(f.basis, c.digest, l.digest)), 12),
  f.basis,
  t.number::integer,
  (c.created + c.changed)::integer,
  l.number::integer,
  jsonb_build_object('created', c.created, 'changed', c.changed, 'leaving', l.number) || n.numbers
from followed as f
cross join counted as c
cross join fields as n
cross join leaving as l
cross join total as t;
end;
comment on function sync.draft_catalog(bigint) is
'Which products would change at Shopify if a shop went live now, with its fingerprint; no row if none follows.';
