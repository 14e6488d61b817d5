-- The subject of an entity writes a value of the shop into the warehouse. Null: it has no way to, or may not.
create or replace function sync.write_object(p_entity text, p_key text, p_field text, p_value jsonb) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when p_entity in ('product', 'variant') then sync.write_catalog(p_entity, p_key, p_field, p_value)
  end;
end $$;
comment on function sync.write_object(text, text, text, jsonb) is
'Write a value of the shop into the warehouse; returns how many rows have changed, null if none may.';
