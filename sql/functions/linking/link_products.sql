-- Link the warehouse's products to a shop's variants by SKU, after all variants were read at p_started_at.
-- A blank, doubled or vanished SKU is never guessed. Then everything that differs becomes pending.
create or replace function sync.link_products(p_shop_id bigint, p_started_at timestamptz)
returns table (linked integer, broken integer, ambiguous integer, without_sku integer, marked integer)
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_seqscan = on
as $$
begin
  delete from sync.variants as v where v.shop_id = p_shop_id and v.read_at < p_started_at;
  delete from sync.links as k
  where k.shop_id = p_shop_id
    and not exists (select from sync.source_products as p where p.product_key = k.product_key);

  insert into sync.links as k (shop_id, product_key, sku, state, reason, variant_id, inventory_item_id)
  select
    p_shop_id, f.product_key, f.sku, f.state, f.reason,
    case when f.state = 'ok' then f.variant_id end,
    case when f.state = 'ok' then f.inventory_item_id end
  from (
    select
      p.product_key,
      p.sku,
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
      select s.product_key, s.sku, count(*) over (partition by s.sku) as products
      from (select w.product_key, nullif(btrim(w.sku), '') as sku from sync.source_products as w) as s
    ) as p
    left join (
      select
        n.sku,
        count(*) as variants,
        min(n.variant_id) as variant_id,
        min(n.inventory_item_id) as inventory_item_id,
        string_agg(n.title, '; ' order by n.variant_id) as titles
      from sync.variants as n
      where n.shop_id = p_shop_id and n.sku is not null
      group by n.sku
    ) as v on v.sku = p.sku
  ) as f
  order by f.product_key
  on conflict (shop_id, product_key) do update
  set
    sku = excluded.sku,
    state = excluded.state,
    reason = excluded.reason,
    variant_id = excluded.variant_id,
    inventory_item_id = excluded.inventory_item_id,
    changed_at = now()
  where row(k.sku, k.state, k.reason, k.variant_id, k.inventory_item_id)
    is distinct from row(excluded.sku, excluded.state, excluded.reason, excluded.variant_id, excluded.inventory_item_id);

  update sync.shops set linked_at = now() where id = p_shop_id;
  return query
  select
    count(*) filter (where k.state = 'ok')::integer,
    count(*) filter (where k.state = 'broken')::integer,
    count(*) filter (where k.state = 'ambiguous')::integer,
    (select count(*)::integer from sync.variants as v where v.shop_id = p_shop_id and v.sku is null),
    sync.mark_shop(p_shop_id)::integer
  from sync.links as k where k.shop_id = p_shop_id;
end $$;
comment on function sync.link_products(bigint, timestamptz) is
'Link products to variants by SKU and note what must be pushed; returns how many of each.';
