-- Products that a shop has no more. Their groups are new there again, but for those that have left the warehouse.
create or replace function sync.forget_products(p_shop_id bigint, p_products bigint[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_skus text[];
begin
  delete from sync.products as p where p.shop_id = p_shop_id and p.product_id = any (p_products);
  with gone as (
    delete from sync.variants as v where v.shop_id = p_shop_id and v.product_id = any (p_products)
    returning v.variant_id, v.sku
  ),

  forgotten as (
    delete from sync.catalog_variants as m using gone as g where m.shop_id = p_shop_id and m.variant_id = g.variant_id
    returning m.product_key
  ),

  unlinked as (
    update sync.product_links as k
    set
      product_id = null, state = case k.state when 'left' then 'left' else 'new' end, media = '{}', updated_at = null,
      collections = '{}', reads_parts = false,
      changed_at = now()
    where k.shop_id = p_shop_id and k.product_id = any (p_products)
    returning k.group_key
  ),

  left_behind as (
    delete from sync.catalog_collections as c using unlinked as u where c.shop_id = p_shop_id and c.group_key = u.group_key
  ),

  lost as (
    delete from sync.catalog_media as c using unlinked as u where c.shop_id = p_shop_id and c.group_key = u.group_key
  ),

  parted as (
    delete from sync.field_bases as b
    using (
      select 'product' as entity, u.group_key as key from unlinked as u
      union all
      select 'variant', f.product_key from forgotten as f
    ) as o
    where b.shop_id = p_shop_id and b.entity = o.entity and b.key = o.key
  )

  select array_agg(distinct g.sku) into v_skus from gone as g where g.sku is not null;
  perform sync.follow_variants(p_shop_id, v_skus);
end $$;
comment on function sync.forget_products(bigint, bigint[]) is 'Forget products that a shop has no more.';
