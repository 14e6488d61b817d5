-- Fields of a product as ProductSetInput and ProductUpdateInput take them. What goes other ways is left out:
-- publications, metafields, media.
create or replace function sync.product_input(p_fields jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce(jsonb_object_agg(f.key, f.value), '{}')
from jsonb_each(p_fields) as f
where f.key in ('title', 'descriptionHtml', 'vendor', 'productType', 'tags', 'seo', 'handle', 'status', 'category');
end;
comment on function sync.product_input(jsonb) is 'Fields of a product as the Admin API takes them.';
