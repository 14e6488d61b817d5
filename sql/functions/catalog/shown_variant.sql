-- The fields of a variant as Shopify shows it (a ProductVariant of the Admin API), in the form of variant_fields().
create or replace function sync.shown_variant(p_node json, p_digits integer) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select
  jsonb_build_object(
    'sku', p_node ->> 'sku',
    'price', sync.amount((p_node -> 'price')::jsonb, p_digits),
    'compareAtPrice', sync.amount((p_node -> 'compareAtPrice')::jsonb, p_digits),
    'barcode', nullif(p_node ->> 'barcode', ''),
    'taxable', p_node -> 'taxable',
    'inventoryPolicy', p_node ->> 'inventoryPolicy',
    'requiresShipping', p_node #> '{inventoryItem,requiresShipping}',
    'cost', sync.amount((p_node #> '{inventoryItem,unitCost,amount}')::jsonb, p_digits),
    'weight', case
      when p_node #>> '{inventoryItem,measurement,weight,unit}' is not null then jsonb_build_object(
        'value', trim_scale((p_node #>> '{inventoryItem,measurement,weight,value}')::numeric),
        'unit', p_node #>> '{inventoryItem,measurement,weight,unit}'
      )
    end,
    'optionValues', coalesce((
      select jsonb_agg(jsonb_build_object('optionName', o.pair ->> 'name', 'name', o.pair ->> 'value') order by o.place)
      from json_array_elements(p_node -> 'selectedOptions') with ordinality as o (pair, place)
    ), '[]')
  );
end;
comment on function sync.shown_variant(json, integer) is 'The fields of a variant as Shopify shows it.';
