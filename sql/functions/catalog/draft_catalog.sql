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

planned as materialized (
  select p.* from sync.planned_products(p_shop_id) as p
),

counted as (
  select
    count(distinct p.group_key) filter (where p.change = 'created') as created,
    count(distinct p.group_key) filter (where p.change = 'changed') as changed,
    count(*) filter (where p.change = 'leaving') as leaving,
    md5(coalesce(string_agg(
      concat_ws(',', p.change, p.group_key, p.key, p.field, p.ours::text), ';' order by p.group_key, p.key, p.field
    ), '')) as digest
  from planned as p
),

tallied as (
  select p.field, count(*) as number from planned as p where p.change = 'changed' group by p.field
),

fields as (
  select coalesce(jsonb_object_agg('changed_' || t.field, t.number), '{}') as numbers from tallied as t
)

select
  left(md5(concat(f.basis, c.digest)), 12),
  f.basis,
  (select count(distinct g.group_key) from sync.group_products(null) as g)::integer,
  (c.created + c.changed)::integer,
  c.leaving::integer,
  jsonb_build_object('created', c.created, 'changed', c.changed, 'leaving', c.leaving) || n.numbers
from followed as f
cross join counted as c
cross join fields as n;
end;
comment on function sync.draft_catalog(bigint) is
'Which products would change at Shopify if a shop went live now, with its fingerprint; no row if none follows.';
