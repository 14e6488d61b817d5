-- Metafields among the fields of a product, as MetafieldInput takes them; those that are empty are left out.
create or replace function sync.metafield_inputs(p_fields jsonb) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce(jsonb_agg(jsonb_build_object(
  'namespace', m.namespace, 'key', m.key, 'type', m.type, 'value', f.value
) order by f.key), '[]')
from jsonb_each(p_fields) as f
inner join sync.read_metafields() as m on f.key = 'metafields.' || m.namespace || '.' || m.key
where f.value <> 'null';
end;
comment on function sync.metafield_inputs(jsonb) is 'Metafields among the fields of a product, as the Admin API takes them.';
