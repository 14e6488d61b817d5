-- Let a shop's links follow the warehouse's products, some by their keys or all: a new product and a changed SKU are
-- judged by what is known of the shop's variants, a product that has left is kept as left. What was in stock under the
-- old SKU departs, and is set to 0 once. A warehouse without any product is unknown rather than empty.
create or replace function sync.follow_products(p_shop_id bigint, p_keys text[]) returns text[]
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_seqscan = on
set work_mem = '128MB'
as $$
declare
  v_keys text[];
  v_skus text[];
  v_some text[] := p_keys;
  v_departed sync.departed_items[];
  v_entry text;
begin
  begin
    if p_keys is null then
      -- Hardly any differ: those that do are then read as if they had been named.
      select array_agg(distinct coalesce(p.product_key, k.product_key)) filter (
        where p.product_key is null or k.product_key is null or k.sku is distinct from p.sku
      )
      into v_some
      from sync.read_products() as p
      full join (select l.product_key, l.sku from sync.links as l where l.shop_id = p_shop_id and l.state <> 'left') as k
        on k.product_key = p.product_key
      having count(p.product_key) > 0;
      if v_some is null then
        return '{}';
      end if;
    end if;
    select array_agg(p.product_key), array_agg(p.sku) into v_keys, v_skus from sync.read_products(v_some) as p;
  exception when sqlstate 'SW007' then
    get stacked diagnostics v_entry = pg_exception_detail;
    perform sync.note_fault(v_entry, sqlerrm);
    return '{}';
  end;

  -- Attach has seen one row for each. Where a product has several by now, the SKU it is linked by stays as long as it is
  -- one of them, and another is not guessed.
  with found as materialized (
    select
      f.product_key,
      coalesce(
        min(f.sku) filter (where f.sku = k.sku), case when min(f.sku) = max(f.sku) then min(f.sku) end
      ) as sku
    from unnest(v_keys, v_skus) as f (product_key, sku)
    left join sync.links as k
      on k.shop_id = p_shop_id and k.product_key = f.product_key and k.state <> 'left'
    group by f.product_key
  ),

  changed as materialized (
    select k.*, f.product_key is null as is_gone
    from sync.links as k
    left join found as f on f.product_key = k.product_key
    where k.shop_id = p_shop_id and k.product_key = any (v_some) and k.state <> 'left'
      and (f.product_key is null or f.sku is distinct from k.sku)
    order by k.product_key
  ),

  gone as (
    update sync.links as k
    set
      state = 'left', reason = 'The warehouse no longer has this product.', variant_id = null,
      inventory_item_id = null, changed_at = now()
    from changed as c
    where c.is_gone and k.shop_id = c.shop_id and k.product_key = c.product_key
  ),

  named as (
    insert into sync.links as k (shop_id, product_key, sku, state, reason)
    select
      p_shop_id, f.product_key, f.sku, 'broken',
      case when f.sku is null then 'The product has no SKU in the warehouse.' else 'It is looked for.' end
    from found as f
    left join sync.links as l on l.shop_id = p_shop_id and l.product_key = f.product_key
    -- A conflict locks the row whatever comes of it.
    where l.product_key is null or l.state = 'left' or l.sku is distinct from f.sku
    order by f.product_key
    on conflict (shop_id, product_key) do update
    set
      sku = excluded.sku, state = excluded.state, reason = excluded.reason, variant_id = null,
      inventory_item_id = null, changed_at = now()
    where k.state = 'left' or k.sku is distinct from excluded.sku
    returning k.sku
  )

  select
    array(select c.sku from changed as c union select n.sku from named as n),
    array(
      select row(c.shop_id, c.inventory_item_id, c.variant_id, c.product_key, c.sku, null)::sync.departed_items
      from changed as c
      where c.inventory_item_id is not null
    )
  into v_skus, v_departed;
  -- As with every change that is of a price or a text: to plan what follows would take ten milliseconds.
  if v_skus = '{}' then
    return '{}';
  end if;
  perform sync.depart_items(v_departed);
  return sync.judge_links(p_shop_id, v_skus);
end $$;
comment on function sync.follow_products(bigint, text[]) is
'Let a shop''s links follow the warehouse''s products, some or all; returns the products whose variant is another now.';
