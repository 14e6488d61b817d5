-- The fields of a product as Shopify shows it (a Product of the Admin API), in the form of product_fields().
create or replace function sync.shown_product(p_node json) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select
  jsonb_build_object(
    'title', p_node ->> 'title',
    'descriptionHtml', coalesce(p_node ->> 'descriptionHtml', ''),
    'vendor', p_node ->> 'vendor',
    'productType', p_node ->> 'productType',
    'handle', p_node ->> 'handle',
    'status', p_node ->> 'status',
    'tags', sync.text_list((p_node -> 'tags')::jsonb),
    'seo.title', coalesce(p_node #>> '{seo,title}', ''),
    'seo.description', coalesce(p_node #>> '{seo,description}', ''),
    'category', p_node #>> '{category,id}'
  );
end;
comment on function sync.shown_product(json) is 'The fields of a product as Shopify shows it.';
