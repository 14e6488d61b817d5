-- Why Shopify would refuse a product, said before it is asked: the class of the refusal and what is wrong, null if
-- nothing is. Limits as Shopify has them: https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productSet
create or replace function sync.product_problem(p_fields jsonb, p_variants jsonb, out class text, out message text)
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_names jsonb := (p_variants #> '{0,fields,optionValues}');
begin
  select f.class, f.message into class, message
  from (
    select 1 as place, 'TITLE_MISSING' as class, 'The product has no title.' as message
    where p_fields ->> 'title' = ''
    union all
    select
      2, 'TEXT_TOO_LONG',
      format('%s has %s characters, Shopify takes 255: %s...', t.field, length(t.text), left(t.text, 60))
    from (
      select f.key as field, p_fields ->> f.key as text
      from unnest(array['title', 'handle', 'vendor', 'productType']) as f (key)
      union all
      select 'the tag', g.tag from jsonb_array_elements_text(p_fields -> 'tags') as g (tag)
      union all
      select n.key || ' of variant ' || (v.variant ->> 'key'), v.variant -> 'fields' ->> n.key
      from jsonb_array_elements(p_variants) as v (variant)
      cross join unnest(array['sku', 'barcode']) as n (key)
      union all
      select 'the option ' || (o.pair ->> 'optionName'), o.pair ->> n.key
      from jsonb_array_elements(p_variants) as v (variant)
      cross join jsonb_array_elements(v.variant #> '{fields,optionValues}') as o (pair)
      cross join unnest(array['optionName', 'name']) as n (key)
    ) as t
    where length(t.text) > 255
    union all
    select
      2, 'TEXT_TOO_LONG',
      format('the text of an image has %s characters, Shopify takes 512: %s...', length(m.alt), left(m.alt, 60))
    from jsonb_to_recordset(p_fields -> 'media') as m (alt text)
    where length(m.alt) > 512
    union all
    select 13, 'BAD_IMAGE', format('The address of an image is none: %s', left(m.url, 100))
    from jsonb_to_recordset(p_fields -> 'media') as m (url text)
    where m.url !~* '^https?://[^[:space:]/]+[^[:space:]]*$'
    union all
    select 14, 'BAD_CATEGORY', format('The category %s is no number of Shopify''s taxonomy.', p_fields ->> 'category')
    where p_fields ->> 'category' !~ '^gid://shopify/TaxonomyCategory/[a-z]{2}(-[0-9]{1,4})*$'
    union all
    select 3, 'TOO_MANY_TAGS', format('The product has %s tags, Shopify takes 250.', jsonb_array_length(p_fields -> 'tags'))
    where jsonb_array_length(p_fields -> 'tags') > 250
    union all
    -- Line breaks and tabs are part of a description; nothing else that cannot be seen is part of any text.
    select 4, 'CONTROL_CHARACTER', format('%s has the control character U+%s.', t.field, lpad(upper(to_hex(ascii(t.found))), 4, '0'))
    from (
      select s.field, substring(s.text from '[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f]') as found
      from (
        select e.key as field, e.value #>> '{}' as text from jsonb_each(p_fields) as e
        where jsonb_typeof(e.value) = 'string'
        union all
        select 'tags', string_agg(g.tag, '') from jsonb_array_elements_text(p_fields -> 'tags') as g (tag)
        union all
        select e.key || ' of variant ' || (v.variant ->> 'key'), e.value #>> '{}'
        from jsonb_array_elements(p_variants) as v (variant)
        cross join jsonb_each(v.variant -> 'fields') as e
        where jsonb_typeof(e.value) = 'string'
        union all
        select 'the option ' || (o.pair ->> 'optionName'), concat(o.pair ->> 'optionName', o.pair ->> 'name')
        from jsonb_array_elements(p_variants) as v (variant)
        cross join jsonb_array_elements(v.variant #> '{fields,optionValues}') as o (pair)
      ) as s
    ) as t
    where t.found is not null
    union all
    select 5, 'UNKNOWN_STATUS', format('The status %s is none of ACTIVE, ARCHIVED, DRAFT, UNLISTED.', p_fields ->> 'status')
    where p_fields ->> 'status' not in ('ACTIVE', 'ARCHIVED', 'DRAFT', 'UNLISTED')
    union all
    select 6, 'BAD_PRICE', format('%s of variant %s is %s.', n.key, v.variant ->> 'key', v.variant -> 'fields' ->> n.key)
    from jsonb_array_elements(p_variants) as v (variant)
    cross join unnest(array['price', 'compareAtPrice', 'cost']) as n (key)
    where v.variant -> 'fields' ->> n.key !~ '^[0-9]{1,18}(\.[0-9]+)?$'
    union all
    select 7, 'BAD_WEIGHT', format('The weight of variant %s is %s.', v.variant ->> 'key', v.variant #> '{fields,weight}')
    from jsonb_array_elements(p_variants) as v (variant)
    where v.variant #>> '{fields,weight,unit}' not in ('GRAMS', 'KILOGRAMS', 'OUNCES', 'POUNDS')
      or v.variant #>> '{fields,weight,value}' !~ '^[0-9]+(\.[0-9]+)?$'
    union all
    select
      8, 'UNKNOWN_POLICY',
      format('The inventory policy %s of variant %s is neither DENY nor CONTINUE.',
        v.variant #>> '{fields,inventoryPolicy}', v.variant ->> 'key')
    from jsonb_array_elements(p_variants) as v (variant)
    where v.variant #>> '{fields,inventoryPolicy}' not in ('DENY', 'CONTINUE')
    union all
    select
      9, 'TOO_MANY_VARIANTS', format('The product has %s variants, Shopify takes 2048.', jsonb_array_length(p_variants))
    where jsonb_array_length(p_variants) > 2048
    union all
    select
      10, 'OPTIONS_DIFFER',
      format(
        'Variants %s and %s of one product have other options: %s and %s.', p_variants #>> '{0,key}', v.variant ->> 'key',
        jsonb_path_query_array(v_names, '$[*].optionName'),
        jsonb_path_query_array(v.variant #> '{fields,optionValues}', '$[*].optionName')
      )
    from jsonb_array_elements(p_variants) as v (variant)
    where jsonb_path_query_array(v.variant #> '{fields,optionValues}', '$[*].optionName')
      <> jsonb_path_query_array(v_names, '$[*].optionName')
    union all
    select 11, 'OPTION_EMPTY', format('An option of variant %s has no name or no value.', v.variant ->> 'key')
    from jsonb_array_elements(p_variants) as v (variant)
    cross join jsonb_array_elements(v.variant #> '{fields,optionValues}') as o (pair)
    where coalesce(o.pair ->> 'name', '') = '' or o.pair ->> 'optionName' = ''
    union all
    select
      12, 'DUPLICATE_VARIANT',
      format('Variants %s have the same options: %s.', string_agg(v.variant ->> 'key', ', '), min(d.text))
    from jsonb_array_elements(p_variants) as v (variant)
    cross join lateral (
      select
        string_agg(o.pair ->> 'name', ' / ' order by o.place) as text,
        lower(jsonb_agg(o.pair ->> 'name' order by o.place)::text) as listed
      from jsonb_array_elements(v.variant #> '{fields,optionValues}') with ordinality as o (pair, place)
    ) as d
    group by d.listed
    having count(*) > 1
    union all
    select
      15, 'DUPLICATE_VARIANT',
      format('Values of the option %s that Shopify takes for one: %s.', min(o.name), string_agg(distinct o.value, ', '))
    from (
      select n.place, n.pair ->> 'optionName' as name, n.pair ->> 'name' as value
      from jsonb_array_elements(p_variants) as v (variant)
      cross join jsonb_array_elements(v.variant #> '{fields,optionValues}') with ordinality as n (pair, place)
    ) as o
    group by o.place, lower(o.value)
    having count(distinct o.value) > 1
  ) as f
  order by f.place
  limit 1;
end $$;
comment on function sync.product_problem(jsonb, jsonb) is
'Why Shopify would refuse a product: the class of the refusal and what is wrong; null if nothing is.';
