-- What a request writes of a product, as store_product_request() takes it: some of its fields, as agreed on then and as
-- they were before.
create or replace function sync.a_write(p_group text, p_fields text[], p_ours jsonb, p_before jsonb) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
begin atomic
select jsonb_build_array(jsonb_build_object(
  'entity', 'product', 'key', p_group,
  'fields', coalesce(jsonb_object_agg(f.name, p_ours -> f.name) filter (where p_ours ? f.name), '{}'),
  'before', coalesce(jsonb_object_agg(f.name, p_before -> f.name) filter (where p_before ? f.name), '{}')
))
from unnest(p_fields) as f (name);
end;
comment on function sync.a_write(text, text[], jsonb, jsonb) is 'What a request writes of a product.';
