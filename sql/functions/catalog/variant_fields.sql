-- The fields of a variant as they are compared and sent, by Shopify's names, from what read_catalog() says. What is
-- null is empty; but of what Shopify cannot leave empty, nothing is said then.
create or replace function sync.variant_fields(p_sku text, p_raw jsonb, p_digits integer) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select
  jsonb_strip_nulls(jsonb_build_object(
    'sku', p_sku,
    'price', sync.amount(nullif(p_raw -> 'price', 'null'), p_digits),
    'requiresShipping', p_raw -> 'requiresShipping',
    'taxable', p_raw -> 'taxable',
    'inventoryPolicy', nullif(btrim(upper(p_raw ->> 'inventoryPolicy')), ''),
    'weight', case
      when p_raw ->> 'weight' is not null then jsonb_build_object(
        'value', trim_scale((p_raw ->> 'weight')::numeric),
        'unit', case lower(btrim(coalesce(p_raw ->> 'weightUnit', 'kg')))
          when 'kg' then 'KILOGRAMS' when 'g' then 'GRAMS' when 'oz' then 'OUNCES' when 'lb' then 'POUNDS'
          else btrim(upper(p_raw ->> 'weightUnit'))
        end
      )
    end
  ))
  || case
    when p_raw ? 'compareAtPrice'
      then jsonb_build_object('compareAtPrice', sync.amount(p_raw -> 'compareAtPrice', p_digits))
    else '{}'
  end
  || case when p_raw ? 'cost' then jsonb_build_object('cost', sync.amount(p_raw -> 'cost', p_digits)) else '{}' end
  || case
    when p_raw ? 'barcode' then jsonb_build_object('barcode', nullif(btrim(p_raw ->> 'barcode'), ''))
    else '{}'
  end
  || jsonb_build_object('optionValues', coalesce((
    select jsonb_agg(
      jsonb_build_object('optionName', btrim(o.pair ->> 0), 'name', btrim(o.pair ->> 1)) order by o.place
    )
    from jsonb_array_elements(p_raw -> 'options') with ordinality as o (pair, place)
    where o.pair ->> 0 is not null
  ), '[{"optionName": "Title", "name": "Default Title"}]'));
end;
comment on function sync.variant_fields(text, jsonb, integer) is
'The fields of a variant as they are compared and sent, by Shopify''s names.';
