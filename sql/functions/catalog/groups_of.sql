-- The groups that some keys concern, each with the first of their times: of products the one that each is a variant of,
-- and the one it was; and what is a group's key itself. Of products that nobody knows, those that are refused.
create or replace function sync.groups_of(p_shop_id bigint, p_keys text[], p_since timestamptz[])
returns table (group_key text, since timestamptz)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with given as (
  select g.key, g.since from unnest(p_keys, p_since) as g (key, since)
),

grouped as materialized (
  select p.product_key, p.group_key from sync.group_products(p_keys) as p
),

found as (
  select p.group_key, g.since
  from grouped as p
  inner join given as g on p.product_key = g.key
  union all
  select m.group_key, g.since
  from given as g
  inner join sync.catalog_variants as m on m.shop_id = p_shop_id and g.key = m.product_key
  union all
  select k.group_key, g.since
  from given as g
  inner join sync.product_links as k on k.shop_id = p_shop_id and g.key = k.group_key
),

-- One that is gone and never was in the shop: which group it has kept from being sent is not known any more.
unknown as (
  select min(g.since) as since from given as g
  where not exists (select from grouped as p where p.product_key = g.key)
    and not exists (select from sync.catalog_variants as m where m.shop_id = p_shop_id and m.product_key = g.key)
)

select f.group_key, min(f.since) from found as f group by f.group_key
union all
select f.key, u.since
from sync.refusals as f
cross join unknown as u
where f.shop_id = p_shop_id and f.kind = 'catalog' and u.since is not null
  and not exists (select from found as n where n.group_key = f.key);
end;
comment on function sync.groups_of(bigint, text[], timestamptz[]) is 'The groups that some keys of products, or of groups, concern.';
