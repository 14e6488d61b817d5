-- Note a page of variants as Shopify showed them ([{variant_id, product_id, inventory_item_id, sku, title, tracked,
-- barcode, handle}]), read by a call that began with p_tick; what was read later stays.
-- Of a shop that is linked, products follow what has another SKU now at once.
create or replace function sync.record_variants(p_shop_id bigint, p_tick bigint, p_variants json)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_skus text[];
begin
  with shown as materialized (
    select
      n.variant_id, n.product_id, n.inventory_item_id, nullif(btrim(n.sku), '') as sku, n.title, n.tracked,
      nullif(btrim(n.barcode), '') as barcode, n.handle
    from json_to_recordset(p_variants) as n (
      variant_id bigint, product_id bigint, inventory_item_id bigint, sku text, title text, tracked boolean,
      barcode text, handle text
    )
  ),

  renamed as materialized (
    select s.sku, v.sku as old_sku
    from shown as s
    left join sync.variants as v on v.shop_id = p_shop_id and v.variant_id = s.variant_id
    where s.sku is distinct from v.sku
  ),

  noted as (
    insert into sync.variants as v (
      shop_id, variant_id, product_id, inventory_item_id, sku, skeleton, title, tracked, barcode, handle, read_at,
      read_tick
    )
    select
      p_shop_id, s.variant_id, s.product_id, s.inventory_item_id, s.sku, sync.skeleton(s.sku), s.title, s.tracked,
      s.barcode, s.handle, clock_timestamp(), p_tick
    from shown as s
    order by s.variant_id
    on conflict (shop_id, variant_id) do update
    set
      product_id = excluded.product_id,
      inventory_item_id = excluded.inventory_item_id,
      sku = excluded.sku,
      skeleton = excluded.skeleton,
      title = excluded.title,
      tracked = excluded.tracked,
      barcode = excluded.barcode,
      handle = coalesce(excluded.handle, v.handle),
      read_at = excluded.read_at,
      read_tick = excluded.read_tick
    where v.read_tick <= excluded.read_tick
  )

  select array_agg(n.sku) into v_skus
  from (select r.sku from renamed as r union select r.old_sku from renamed as r) as n
  where n.sku is not null;
  perform sync.follow_variants(p_shop_id, v_skus);
end $$;
comment on function sync.record_variants(bigint, bigint, json) is
'Note a page of variants as Shopify showed them; links follow changed SKUs.';
