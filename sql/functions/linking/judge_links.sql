-- Which variant each product of some SKUs is, of all if null, by what is known of the shop's variants. One that was
-- made of the product (catalog_variants) is the product's, whatever its SKU. A link once made stays while its variant
-- has the product's SKU, whoever else gets it; and while the variant exists, unless by its SKU it is another
-- product's. Otherwise the one variant of the SKU is the product's: a blank, doubled or vanished SKU is never guessed.
-- What a product leaves in stock departs; what was refused of another variant no longer is.
create or replace function sync.judge_links(p_shop_id bigint, p_skus text[]) returns text[]
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_seqscan = on
as $$
declare
  v_skus text[] := p_skus;
  v_changed text[];
  v_departed sync.departed_items[];
begin
  -- Where a variant has another SKU than its product, both are judged.
  if p_skus is not null then
    with recursive near (sku) as (
      select unnest(p_skus)
      union
      select b.sku
      from near as n
      cross join lateral (
        select k.sku
        from sync.variants as v
        join sync.links as k on k.shop_id = v.shop_id and k.inventory_item_id = v.inventory_item_id
        where v.shop_id = p_shop_id and v.sku = n.sku and k.sku is distinct from v.sku
        union all
        select v.sku
        from sync.links as k
        join sync.variants as v on v.shop_id = k.shop_id and v.variant_id = k.variant_id
        where k.shop_id = p_shop_id and k.sku = n.sku and v.sku is distinct from k.sku
      ) as b
      where b.sku is not null
    )

    select array_agg(n.sku) into v_skus from near as n;
  end if;

  with ours as materialized (
    select
      k.product_key, k.sku, k.variant_id as old_variant_id, k.inventory_item_id as old_item_id,
      v.variant_id is not null as is_there, coalesce(v.sku = k.sku, false) as is_named, m.made_id
    from sync.links as k
    left join sync.variants as v on v.shop_id = k.shop_id and v.variant_id = k.variant_id
    left join lateral (
      select max(m.variant_id) as made_id
      from sync.catalog_variants as m
      join sync.variants as n on n.shop_id = m.shop_id and n.variant_id = m.variant_id
      where m.shop_id = k.shop_id and m.product_key = k.product_key
    ) as m on true
    where k.shop_id = p_shop_id and k.state <> 'left' and (v_skus is null or k.sku = any (v_skus))
  ),

  wanted as (
    select o.sku, count(*) as products from ours as o where o.sku is not null group by o.sku
  ),

  shown as (
    select
      n.sku,
      count(*) as variants,
      min(n.variant_id) as variant_id,
      string_agg(n.title, '; ' order by n.variant_id) as titles
    from sync.variants as n
    where n.shop_id = p_shop_id and n.sku is not null and (v_skus is null or n.sku = any (v_skus))
    group by n.sku
  ),

  named as materialized (
    select
      o.*, w.products, s.variants, s.titles,
      case
        when o.made_id is not null then o.made_id
        when o.is_named then o.old_variant_id
        when w.products = 1 and s.variants = 1 then s.variant_id
      end as named_id
    from ours as o
    left join wanted as w on w.sku = o.sku
    left join shown as s on s.sku = o.sku
  ),

  placed as materialized (
    select
      n.*, coalesce(n.named_id, case when n.is_there and t.named_id is null then n.old_variant_id end) as variant_id
    from named as n
    left join named as t on n.named_id is null and t.named_id = n.old_variant_id
  ),

  judged as materialized (
    select
      p.product_key, p.sku, p.old_variant_id, p.old_item_id, p.is_there, p.variant_id, v.inventory_item_id,
      case
        when p.variant_id is not null then 'ok'
        when p.sku is null or p.variants is null then 'broken'
        else 'ambiguous'
      end as state,
      case
        when p.variant_id is not null then
          case when v.sku is distinct from p.sku and p.made_id is null then
            format(
              '%s has %s by now. The product is still shown there.', v.title, coalesce('the SKU ' || v.sku, 'no SKU')
            )
          end
        when p.sku is null then 'The product has no SKU in the warehouse.'
        when p.variants is null then format('No variant of the shop has the SKU %s', p.sku) || coalesce(a.alike, '.')
        when p.products > 1 then format('%s products of the warehouse have the SKU %s.', p.products, p.sku)
        else format('%s variants of the shop have the SKU %s: %s.', p.variants, p.sku, p.titles)
      end as reason
    from placed as p
    left join sync.variants as v on v.shop_id = p_shop_id and v.variant_id = p.variant_id
    left join lateral (
      select format('; %s looks the same but for %s.', n.title, sync.tell_apart(n.sku, p.sku)) as alike
      from sync.variants as n
      where p.variant_id is null and p.variants is null
        and n.shop_id = p_shop_id and n.skeleton = sync.skeleton(p.sku) and n.skeleton <> ''
      order by n.variant_id
      limit 1
    ) as a on true
  ),

  changed as (
    update sync.links as k
    set
      state = j.state, reason = j.reason, variant_id = j.variant_id, inventory_item_id = j.inventory_item_id,
      changed_at = now()
    from judged as j
    where k.shop_id = p_shop_id and k.product_key = j.product_key
      -- Another judge may have linked it meanwhile, by variants that are not known here.
      and k.variant_id is not distinct from j.old_variant_id
      and row(k.state, k.reason, k.variant_id, k.inventory_item_id)
        is distinct from row(j.state, j.reason, j.variant_id, j.inventory_item_id)
    returning k.product_key
  ),

  returned as (
    delete from sync.departed_items as d
    using judged as j
    where d.shop_id = p_shop_id and d.inventory_item_id = j.inventory_item_id
      -- What is on its way may still be written there.
      and not exists (
        select from sync.requests as r
        where r.shop_id = d.shop_id and r.state = 'open' and r.keys @> array[d.product_key]
      )
  ),

  ended as (
    delete from sync.refusals as f
    using judged as j, sync.kinds as n
    where f.shop_id = p_shop_id and f.key = j.product_key and j.old_item_id is not null
      and j.old_item_id is distinct from j.inventory_item_id and n.kind = f.kind and n.entity = 'product'
  )

  select
    array(select c.product_key from changed as c),
    array(
      select row(p_shop_id, j.old_item_id, j.old_variant_id, j.product_key, j.sku, null)::sync.departed_items
      from judged as j
      left join judged as t on t.inventory_item_id = j.old_item_id
      where j.is_there and j.old_item_id is distinct from j.inventory_item_id and t.product_key is null
    )
  into v_changed, v_departed;
  perform sync.depart_items(v_departed);
  return v_changed;
end $$;
comment on function sync.judge_links(bigint, text[]) is
'Decide which variant each product of some SKUs is, of all if null; returns the products of which that has changed.';
