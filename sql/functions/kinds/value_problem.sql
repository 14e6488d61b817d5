-- Why a value that a person has decided on could not be sent, as the subject of the entity knows; null if it could.
create or replace function sync.value_problem(p_entity text, p_key text, p_field text, p_value jsonb) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_entity
    when 'product' then (
      select p.message
      from sync.product_problem('{"title": "x"}' || jsonb_build_object(p_field, p_value), '[]') as p
    )
    when 'variant' then (
      select p.message
      from sync.product_problem('{"title": "x"}', jsonb_build_array(jsonb_build_object(
        'key', p_key, 'fields', jsonb_build_object(p_field, p_value)
      ))) as p
    )
  end;
end $$;
comment on function sync.value_problem(text, text, text, jsonb) is
'Why a value that a person has decided on could not be sent; null if it could.';
