-- Variants that only the shop has, and what they show, for whoever would make products of the warehouse out of them:
-- each with why it cannot be one, if so. A product is known by its SKU.
create or replace function sync.insertable_variants(p_shop_id bigint)
returns table (variant_id bigint, product_id bigint, sku text, title text, shown jsonb, problem text)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select
  v.variant_id,
  v.product_id,
  v.sku,
  coalesce(p.fields ->> 'title', v.title),
  coalesce(p.fields, '{}') || coalesce(v.fields, '{}') || jsonb_build_object(
    'sku', v.sku, 'variantTitle', v.title, 'options', coalesce(v.options, '[]'), 'tracked', v.tracked,
    'variantId', v.variant_id, 'productId', v.product_id, 'inventoryItemId', v.inventory_item_id
  ),
  case
    when v.sku is null then 'it has no SKU'
    when exists (
      select from sync.variants as o
      where o.shop_id = v.shop_id and o.sku = v.sku and o.variant_id <> v.variant_id
    ) then 'another variant has its SKU'
    when exists (
      select from sync.links as k where k.shop_id = v.shop_id and k.sku = v.sku and k.state <> 'left'
    ) then 'the warehouse has its SKU'
    when v.fields is null then 'it was not read yet: run this again'
  end
from sync.variants as v
left join sync.products as p on v.shop_id = p.shop_id and v.product_id = p.product_id
where v.shop_id = p_shop_id and not exists (
  select from sync.links as k
  where k.shop_id = v.shop_id and k.inventory_item_id = v.inventory_item_id and k.state = 'ok'
);
end;
comment on function sync.insertable_variants(bigint) is
'Variants that only the shop has, as products that the warehouse could have; problem: why it could not.';
