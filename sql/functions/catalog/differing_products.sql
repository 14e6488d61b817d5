-- Groups that differ from what both sides last agreed on, of some or all: the class of the most urgent change, and
-- whether a product would be lost.
create or replace function sync.differing_products(p_shop_id bigint, p_groups text[])
returns table (group_key text, class integer, is_lost boolean)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with computed as materialized (
  select c.* from sync.compute_products(p_shop_id, p_groups) as c
),

variants as materialized (
  select c.group_key, v.variant ->> 'key' as key, v.variant -> 'fields' as fields
  from computed as c
  cross join lateral jsonb_array_elements(c.variants) as v (variant)
),

changed as (
  select c.group_key, f.key as field
  from computed as c
  left join sync.field_bases as b on b.shop_id = p_shop_id and b.entity = 'product' and c.group_key = b.key
  cross join lateral jsonb_each(c.fields) as f
  where b.ours is null or (b.ours <> c.fields and b.ours -> f.key is distinct from f.value)
  union all
  select v.group_key, f.key
  from variants as v
  left join sync.field_bases as b on b.shop_id = p_shop_id and b.entity = 'variant' and v.key = b.key
  cross join lateral jsonb_each(v.fields) as f
  where b.ours is null or (b.ours <> v.fields and b.ours -> f.key is distinct from f.value)
),

found as (
  select h.group_key, sync.field_class(h.field) as class, false as is_lost from changed as h
  union all
  -- Not there yet, or there no more and back by now; there is or was one variant more.
  select c.group_key, 1, false
  from computed as c
  left join sync.product_links as k on k.shop_id = p_shop_id and c.group_key = k.group_key
  where k.state is null or k.state in ('new', 'left')
  union all
  select v.group_key, 1, false
  from variants as v
  left join sync.catalog_variants as m
    on m.shop_id = p_shop_id and v.key = m.product_key and v.group_key = m.group_key
  where m.variant_id is null
  union all
  select m.group_key, 0, true
  from sync.catalog_variants as m
  inner join computed as c on m.group_key = c.group_key
  left join variants as v on m.group_key = v.group_key and m.product_key = v.key
  where m.shop_id = p_shop_id and v.key is null
  union all
  -- What of it cannot be is to be told, though nothing else differs.
  select c.group_key, 2, false
  from computed as c
  inner join sync.product_links as k on k.shop_id = p_shop_id and c.group_key = k.group_key and k.state = 'ok'
  cross join lateral jsonb_to_recordset(c.problems) as o (part text)
  where not exists (
    select from sync.refusals as f
    where f.shop_id = p_shop_id and f.kind = 'catalog' and f.key = c.group_key and f.part = o.part
  )
  union all
  select k.group_key, 0, true
  from sync.product_links as k
  inner join sync.catalogs as c on k.shop_id = c.shop_id and c.on_delete <> 'ignore'
  left join computed as n on k.group_key = n.group_key
  where k.shop_id = p_shop_id and (p_groups is null or k.group_key = any(p_groups))
    and k.state = 'ok' and n.group_key is null
)

select f.group_key, min(f.class), bool_or(f.is_lost) from found as f group by f.group_key;
end;
comment on function sync.differing_products(bigint, text[]) is
'Groups of products that differ from what both sides last agreed on, with how urgent that is.';
