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
with free as not materialized (
  select v.*
  from sync.variants as v
  where v.shop_id = p_shop_id
    -- What is another group's already does not tell: the product has moved from there.
    and not exists (select from sync.catalog_variants as m where m.shop_id = p_shop_id and m.variant_id = v.variant_id)
),

wanted as materialized (
  select
    r.group_key, r.product_key, r.sku, nullif(btrim(r.fields ->> 'barcode'), '') as barcode,
    lower(btrim(r.fields ->> 'handle')) as handle,
    sync.variant_fields(r.sku, r.fields, 2) -> 'optionValues' as options,
    count(*) over (partition by r.group_key) as siblings,
    case when exists (select from free as v where v.custom_id = r.group_key) then 'own' else c.adopt_by end as known_by
  from sync.catalogs as c
  cross join lateral sync.read_catalog(p_groups) as r
  where c.shop_id = p_shop_id and not exists (
    select from sync.product_links as l
    where l.shop_id = p_shop_id and l.group_key = r.group_key and l.product_id is not null
  )
),

by_barcode as (
  select
    w.group_key, w.product_key, v.variant_id, v.product_id,
    count(*) over (partition by w.barcode) as found
  from wanted as w
  inner join free as v on w.barcode = v.barcode
  where w.known_by = 'barcode'
),

-- One join for each, so that either is found by its index, or hashed.
in_product as (
  select w.*, v.variant_id, v.product_id, v.sku as shown_sku, v.options as shown_options
  from wanted as w
  inner join free as v on w.group_key = v.custom_id
  where w.known_by = 'own'
  union all
  select w.*, v.variant_id, v.product_id, v.sku as shown_sku, v.options as shown_options
  from wanted as w
  inner join free as v on w.handle = v.handle
  where w.known_by = 'handle'
),

by_product as (
  select
    h.*, count(*) over (partition by h.variant_id) as found
  from (
    select
      i.group_key, i.product_key, min(i.product_id) as product_id, i.known_by = 'own' as is_own,
      case
        when count(*) filter (where i.shown_sku = i.sku) = 1
          then max(i.variant_id) filter (where i.shown_sku = i.sku)
        when count(*) filter (where i.shown_sku = i.sku) > 1 then null
        when count(*) filter (where i.shown_options = i.options) = 1
          then max(i.variant_id) filter (where i.shown_options = i.options)
        when count(*) = 1 and i.siblings = 1 then max(i.variant_id)
      end as variant_id
    from in_product as i
    group by i.group_key, i.product_key, i.siblings, i.known_by
  ) as h
)

select w.group_key, w.product_key, v.variant_id, v.product_id, null as problem, false as is_own
from wanted as w
inner join sync.links as k on k.shop_id = p_shop_id and w.product_key = k.product_key and k.state = 'ok'
inner join free as v on k.variant_id = v.variant_id
where w.known_by = 'sku'
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
