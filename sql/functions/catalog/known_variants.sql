-- Which variants of a shop some products of the warehouse are, or all. is_own: their product bears the group's key, for
-- it was made of it by an installation that is no more. Else by what the shop wishes them to be known by: the links by
-- SKU; the barcode, where one product and one variant have it; or the handle of their product, and in it the SKU, else
-- the options, else that either side has only one. No variant_id: the product is known, the variant is not. Products
-- that are another group's already, and groups that are linked, are left out.
create or replace function sync.known_variants(p_shop_id bigint, p_groups text[])
returns table (group_key text, product_key text, variant_id bigint, product_id bigint, problem text, is_own boolean)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with wanted as materialized (
  select
    r.group_key, r.product_key, r.sku, nullif(btrim(r.fields ->> 'barcode'), '') as barcode,
    lower(btrim(r.fields ->> 'handle')) as handle,
    sync.variant_fields(r.sku, r.fields, 2) -> 'optionValues' as options,
    count(*) over (partition by r.group_key) as siblings,
    c.adopt_by
  from sync.catalogs as c
  cross join lateral sync.read_catalog(p_groups) as r
  where c.shop_id = p_shop_id and not exists (
    select from sync.product_links as l
    where l.shop_id = p_shop_id and l.group_key = r.group_key and l.product_id is not null
  )
),

free as (
  select v.*, count(*) over (partition by v.product_id) as siblings
  from sync.variants as v
  where v.shop_id = p_shop_id
    -- What is another group's already does not tell: the product has moved from there.
    and not exists (select from sync.catalog_variants as m where m.shop_id = p_shop_id and m.variant_id = v.variant_id)
),

own as (
  select distinct v.custom_id as group_key from free as v where v.custom_id is not null
),

by_barcode as (
  select
    w.group_key, w.product_key, v.variant_id, v.product_id,
    count(*) over (partition by w.barcode) as found
  from wanted as w
  inner join free as v on w.barcode = v.barcode
  where w.adopt_by = 'barcode' and w.group_key not in (select o.group_key from own as o)
),

by_product as (
  select
    h.*, count(*) over (partition by h.variant_id) as found
  from (
    select
      w.group_key, w.product_key, min(v.product_id) as product_id,
      case
        when count(*) filter (where v.sku = w.sku) = 1 then max(v.variant_id) filter (where v.sku = w.sku)
        when count(*) filter (where v.sku = w.sku) > 1 then null
        when count(*) filter (where v.options = w.options) = 1
          then max(v.variant_id) filter (where v.options = w.options)
        when count(*) = 1 and w.siblings = 1 then max(v.variant_id)
      end as variant_id,
      bool_and(v.custom_id is not null and v.custom_id = w.group_key) as is_own
    from wanted as w
    inner join free as v on v.custom_id = w.group_key or (
      w.handle = v.handle and w.adopt_by = 'handle' and w.group_key not in (select o.group_key from own as o)
    )
    group by w.group_key, w.product_key, w.siblings
  ) as h
)

select w.group_key, w.product_key, v.variant_id, v.product_id, null as problem, false as is_own
from wanted as w
inner join sync.links as k on k.shop_id = p_shop_id and w.product_key = k.product_key and k.state = 'ok'
inner join free as v on k.variant_id = v.variant_id
where w.adopt_by = 'sku' and w.group_key not in (select o.group_key from own as o)
union all
select
  b.group_key, b.product_key, b.variant_id, b.product_id,
  case when b.found > 1 then 'Several products or variants have the barcode of ' || b.product_key || '.' end as problem,
  false as is_own
from by_barcode as b
union all
select
  h.group_key, h.product_key, case when h.found = 1 then h.variant_id end as variant_id, h.product_id,
  case
    when h.is_own then null
    when h.variant_id is null
      then format('It cannot be told which variant of its product in the shop is %s.', h.product_key)
    when h.found > 1 then format('Several products could be one variant of the shop: %s.', h.product_key)
  end as problem,
  h.is_own
from by_product as h;
end;
comment on function sync.known_variants(bigint, text[]) is
'Which variants of a shop some products of the warehouse are that are not linked yet.';
