-- The fields of a product as they are compared and sent, by Shopify's names, from what read_catalog() says. What is
-- null is empty; but of what Shopify cannot leave empty, nothing is said then.
create or replace function sync.product_fields(p_title text, p_raw jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select
  jsonb_build_object('title', btrim(coalesce(p_title, '')))
  || case
    when p_raw ? 'descriptionHtml' then jsonb_build_object('descriptionHtml', coalesce(p_raw ->> 'descriptionHtml', ''))
    else '{}'
  end
  || case
    when p_raw ? 'productType' then jsonb_build_object('productType', btrim(coalesce(p_raw ->> 'productType', '')))
    else '{}'
  end
  || case when p_raw ? 'tags' then jsonb_build_object('tags', sync.text_list(p_raw -> 'tags')) else '{}' end
  || case
    when p_raw ? 'seo.title' then jsonb_build_object('seo.title', btrim(coalesce(p_raw ->> 'seo.title', ''))) else '{}'
  end
  || case
    when p_raw ? 'seo.description'
      then jsonb_build_object('seo.description', btrim(coalesce(p_raw ->> 'seo.description', '')))
    else '{}'
  end
  || jsonb_strip_nulls(jsonb_build_object(
    'vendor', nullif(btrim(p_raw ->> 'vendor'), ''),
    'handle', nullif(btrim(lower(p_raw ->> 'handle')), ''),
    'status', nullif(btrim(upper(p_raw ->> 'status')), ''),
    'category', 'gid://shopify/TaxonomyCategory/'
      || nullif(btrim(regexp_replace(p_raw ->> 'category', '^gid://shopify/TaxonomyCategory/', '')), '')
  ))
  || coalesce((
    select jsonb_object_agg('metafields.' || m.key, m.value #>> '{}') from jsonb_each(p_raw -> 'metafields') as m
  ), '{}');
end;
comment on function sync.product_fields(text, jsonb) is
'The fields of a product as they are compared and sent, by Shopify''s names.';
