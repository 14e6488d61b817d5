-- Fields of a variant as ProductVariantSetInput and ProductVariantsBulkInput take them: both know the SKU by its item.
create or replace function sync.variant_input(p_fields jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
with parts as (
  select
    jsonb_object_agg(f.key, f.value) filter (
      where f.key in ('price', 'compareAtPrice', 'barcode', 'taxable', 'inventoryPolicy', 'optionValues')
    ) as own,
    jsonb_object_agg(f.key, f.value) filter (where f.key in ('sku', 'cost', 'requiresShipping', 'tracked')) as item,
    jsonb_object_agg('weight', f.value) filter (where f.key = 'weight') as measurement
  from jsonb_each(p_fields) as f
)

select
  coalesce(p.own, '{}') || case
    when p.item is not null or p.measurement is not null then jsonb_build_object(
      'inventoryItem', coalesce(p.item, '{}') || case
        when p.measurement is not null then jsonb_build_object('measurement', p.measurement) else '{}'
      end
    )
    else '{}'
  end
from parts as p;
end;
comment on function sync.variant_input(jsonb) is 'Fields of a variant as the Admin API takes them.';
