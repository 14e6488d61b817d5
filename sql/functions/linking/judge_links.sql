-- Which variant each product of some SKUs is, of all if null, by what is known of the shop's variants. A blank, doubled
-- or vanished SKU is never guessed.
create or replace function sync.judge_links(p_shop_id bigint, p_skus text[]) returns text[]
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_seqscan = on
as $$
declare
  v_changed text[];
begin
  with judged as materialized (
    select
      p.product_key,
      v.variant_id,
      v.inventory_item_id,
      case
        when p.sku is null or v.variants is null then 'broken'
        when p.products > 1 or v.variants > 1 then 'ambiguous'
        else 'ok'
      end as state,
      case
        when p.sku is null then 'The product has no SKU in the warehouse.'
        when v.variants is null then format('No variant of the shop has the SKU %s.', p.sku)
        when p.products > 1 then format('%s products of the warehouse have the SKU %s.', p.products, p.sku)
        when v.variants > 1 then format('%s variants of the shop have the SKU %s: %s.', v.variants, p.sku, v.titles)
      end as reason
    from (
      select k.product_key, k.sku, count(*) over (partition by k.sku) as products
      from sync.links as k
      where k.shop_id = p_shop_id and k.state <> 'left' and (p_skus is null or k.sku = any (p_skus))
    ) as p
    left join (
      select
        n.sku,
        count(*) as variants,
        min(n.variant_id) as variant_id,
        min(n.inventory_item_id) as inventory_item_id,
        string_agg(n.title, '; ' order by n.variant_id) as titles
      from sync.variants as n
      where n.shop_id = p_shop_id and n.sku is not null and (p_skus is null or n.sku = any (p_skus))
      group by n.sku
    ) as v on v.sku = p.sku
  ),

  changed as (
    update sync.links as k
    set
      state = j.state,
      reason = j.reason,
      variant_id = case when j.state = 'ok' then j.variant_id end,
      inventory_item_id = case when j.state = 'ok' then j.inventory_item_id end,
      changed_at = now()
    from judged as j
    where k.shop_id = p_shop_id and k.product_key = j.product_key
      and row(k.state, k.reason, k.variant_id, k.inventory_item_id) is distinct from row(
        j.state, j.reason, case when j.state = 'ok' then j.variant_id end,
        case when j.state = 'ok' then j.inventory_item_id end
      )
    returning k.product_key
  ),

  returned as (
    delete from sync.departed_items as d
    using judged as j
    where d.shop_id = p_shop_id and d.inventory_item_id = j.inventory_item_id and j.state = 'ok'
      -- What is on its way may still be written there.
      and not exists (
        select from sync.requests as r
        where r.shop_id = d.shop_id and r.state = 'open' and r.keys @> array[d.product_key]
      )
  )

  select array_agg(c.product_key) into v_changed from changed as c;
  return coalesce(v_changed, '{}');
end $$;
comment on function sync.judge_links(bigint, text[]) is
'Decide which variant each product of some SKUs is, of all if null; returns the products of which that has changed.';
