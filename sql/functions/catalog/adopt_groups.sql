-- Groups that are not linked yet and whose products the shop has already (known_variants): the product of which all
-- that is known is the group's, unless it has variants of another group. Nothing is guessed, and nothing is written at
-- Shopify. All groups if null.
create or replace function sync.adopt_groups(p_shop_id bigint, p_groups text[]) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_adopted text[];
  v_groups text[] := p_groups;
begin
  if p_groups is not null and exists (
    select from sync.catalogs as c where c.shop_id = p_shop_id and c.adopt_by <> 'sku'
  ) and exists (select from sync.known_variants(p_shop_id, p_groups)) then
    -- Whether a barcode or a handle is that of one only, all of them tell; and one lane after the other.
    perform from sync.catalogs as c where c.shop_id = p_shop_id for update;
    v_groups := null;
  end if;
  with found as materialized (
    select k.* from sync.known_variants(p_shop_id, v_groups) as k
  ),

  there as (
    select f.product_id, k.product_key
    from (select distinct n.product_id from found as n) as f
    join sync.variants as v on v.shop_id = p_shop_id and v.product_id = f.product_id
    join sync.links as k on k.shop_id = v.shop_id and k.variant_id = v.variant_id and k.state = 'ok'
  ),

  -- What another group is linked to, or would be, is not taken from it.
  claims as materialized (
    select f.product_id, f.group_key from found as f
    union
    select l.product_id, l.group_key
    from sync.product_links as l
    where l.shop_id = p_shop_id and l.product_id in (select f.product_id from found as f)
    union
    select t.product_id, g.group_key
    from there as t
    join sync.group_products(array(select n.product_key from there as n)) as g on g.product_key = t.product_key
  ),

  judged as (
    select
      f.group_key,
      case when count(distinct f.product_id) = 1 then min(f.product_id) end as product_id,
      count(distinct f.product_id) as products,
      min(f.problem) as problem,
      bool_or(f.is_own) as is_own,
      string_agg(distinct c.group_key, ', ' order by c.group_key) as others
    from found as f
    left join claims as c on c.product_id = f.product_id and c.group_key <> f.group_key
    group by f.group_key
  ),

  linked as (
    insert into sync.product_links as l (shop_id, group_key, product_id, state, reason)
    select
      p_shop_id, j.group_key, case when n.reason is null then j.product_id end,
      case when n.reason is null then 'ok' else 'ambiguous' end, n.reason
    from judged as j
    cross join lateral (
      select case
        when j.problem is not null then j.problem
        when j.products > 1 then format('Its variants are in %s products of the shop.', j.products)
        when j.others is not null and not j.is_own
          then format('Its product in the shop has variants of %s as well.', j.others)
      end as reason
    ) as n
    order by j.group_key
    on conflict (shop_id, group_key) do update
    set product_id = excluded.product_id, state = excluded.state, reason = excluded.reason, changed_at = now()
    returning l.group_key, l.state
  ),

  -- Nothing there could be it any more.
  freed as (
    update sync.product_links as l
    set state = 'new', reason = null, changed_at = now()
    where l.shop_id = p_shop_id and l.state = 'ambiguous' and (v_groups is null or l.group_key = any (v_groups))
      and not exists (select from found as f where f.group_key = l.group_key)
  ),

  noted as (
    insert into sync.catalog_variants (shop_id, variant_id, product_key, group_key)
    select p_shop_id, f.variant_id, f.product_key, f.group_key
    from found as f
    join linked as l on l.group_key = f.group_key and l.state = 'ok'
    where f.variant_id is not null
    order by f.variant_id
    on conflict (shop_id, variant_id) do update
    set product_key = excluded.product_key, group_key = excluded.group_key
  )

  select coalesce(array_agg(l.group_key order by l.group_key), '{}') into v_adopted
  from linked as l where l.state = 'ok';
  -- Known by something else than its SKU, a product is linked to its variant only by this.
  perform sync.link_variants(p_shop_id, v_adopted);
  return cardinality(v_adopted);
end $$;
comment on function sync.adopt_groups(bigint, text[]) is
'Link groups of products to those that the shop has already; returns how many.';
