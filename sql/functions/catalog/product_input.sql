-- Fields of a product as ProductSetInput and ProductUpdateInput take them; of SEO each half is a field. What goes other
-- ways is left out: publications, collections, metafields, media.
create or replace function sync.product_input(p_fields jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select
  coalesce(jsonb_object_agg(f.key, f.value) filter (where f.key not like 'seo.%'), '{}') || case
    when bool_or(f.key like 'seo.%') then jsonb_build_object(
      'seo', jsonb_object_agg(split_part(f.key, '.', 2), f.value) filter (where f.key like 'seo.%')
    )
    else '{}'
  end
from jsonb_each(p_fields) as f
where not sync.is_part(f.key);
end;
comment on function sync.product_input(jsonb) is 'Fields of a product as the Admin API takes them.';
