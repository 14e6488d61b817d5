-- Groups that are not linked yet and whose products the shop has already: the product of which all variants known by
-- their SKUs are variants is the group's, unless it has variants of another group. Nothing is guessed, and nothing is
-- written at Shopify. All groups if null.
create or replace function sync.adopt_groups(p_shop_id bigint, p_groups text[]) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_adopted integer;
begin
  with found as materialized (
    select r.group_key, r.product_key, k.variant_id, v.product_id
    from sync.read_catalog(p_groups) as r
    join sync.links as k on k.shop_id = p_shop_id and k.product_key = r.product_key and k.state = 'ok'
    join sync.variants as v on v.shop_id = k.shop_id and v.variant_id = k.variant_id
    where not exists (
      select from sync.product_links as l
      where l.shop_id = p_shop_id and l.group_key = r.group_key and l.product_id is not null
    )
    -- What is another group's already does not tell: the product has moved from there.
    and not exists (
      select from sync.catalog_variants as m where m.shop_id = p_shop_id and m.variant_id = v.variant_id
    )
  ),

  judged as (
    select
      f.group_key,
      case when count(distinct f.product_id) = 1 then min(f.product_id) end as product_id,
      count(distinct f.product_id) as products,
      -- What another group is linked to, or would be, is not taken from it.
      string_agg(distinct o.group_key, ', ' order by o.group_key) as others
    from found as f
    left join lateral (
      select l.group_key from sync.product_links as l where l.shop_id = p_shop_id and l.product_id = f.product_id
      union
      select g.group_key
      from sync.variants as v
      join sync.links as k on k.shop_id = v.shop_id and k.variant_id = v.variant_id and k.state = 'ok'
      cross join lateral sync.group_products(array[k.product_key]) as g
      where v.shop_id = p_shop_id and v.product_id = f.product_id
    ) as o on o.group_key <> f.group_key
    group by f.group_key
  ),

  linked as (
    insert into sync.product_links as l (shop_id, group_key, product_id, state, reason)
    select
      p_shop_id, j.group_key, case when j.others is null then j.product_id end,
      case when j.product_id is not null and j.others is null then 'ok' else 'ambiguous' end,
      case
        when j.products > 1 then format('Its variants are in %s products of the shop.', j.products)
        when j.others is not null then format('Its product in the shop has variants of %s as well.', j.others)
      end
    from judged as j
    order by j.group_key
    on conflict (shop_id, group_key) do update
    set product_id = excluded.product_id, state = excluded.state, reason = excluded.reason, changed_at = now()
    returning l.group_key, l.state
  ),

  noted as (
    insert into sync.catalog_variants (shop_id, variant_id, product_key, group_key)
    select p_shop_id, f.variant_id, f.product_key, f.group_key
    from found as f
    join linked as l on l.group_key = f.group_key and l.state = 'ok'
    order by f.variant_id
    on conflict (shop_id, variant_id) do update
    set product_key = excluded.product_key, group_key = excluded.group_key
  )

  select count(*) filter (where l.state = 'ok') into v_adopted from linked as l;
  return v_adopted;
end $$;
comment on function sync.adopt_groups(bigint, text[]) is
'Link groups of products to those that the shop has already, by SKU; returns how many.';
