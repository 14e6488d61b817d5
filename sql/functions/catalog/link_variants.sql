-- The products of some groups are linked to the variants that were made of them, whatever their SKUs; and stock
-- follows.
create or replace function sync.link_variants(p_shop_id bigint, p_groups text[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[];
begin
  with linked as (
    update sync.links as k
    set
      state = 'ok', reason = null, variant_id = v.variant_id, inventory_item_id = v.inventory_item_id,
      changed_at = now()
    from sync.catalog_variants as m
    join sync.variants as v on v.shop_id = m.shop_id and v.variant_id = m.variant_id
    where m.shop_id = p_shop_id and m.group_key = any (p_groups)
      and k.shop_id = m.shop_id and k.product_key = m.product_key and k.state <> 'left'
      and k.variant_id is distinct from v.variant_id
      and not exists (
        select from sync.links as o where o.shop_id = k.shop_id and o.inventory_item_id = v.inventory_item_id
      )
    returning k.product_key
  )

  select array_agg(l.product_key) into v_keys from linked as l;
  perform sync.follow_shop(
    p_shop_id, 'product', v_keys, array_fill(now(), array[cardinality(v_keys)]), '{stock}', cardinality(v_keys)
  )
  where v_keys is not null;
end $$;
comment on function sync.link_variants(bigint, text[]) is
'Link the products of some groups to the variants that were made of them.';
