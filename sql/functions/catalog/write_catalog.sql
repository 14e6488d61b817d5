-- Write a value of the shop into the warehouse, where its mapping lets us: a field of a variant to its product, one of
-- a product to all rows of its group. Returns how many rows have changed; null: the mapping does not let us.
create or replace function sync.write_catalog(p_entity text, p_key text, p_field text, p_value jsonb) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[] := array[p_key];
  v_changed integer;
begin
  if p_entity = 'product' then
    v_keys := array(select r.product_key from sync.read_catalog(array[p_key]) as r order by r.product_key);
  end if;
  select sum(sync.write_product(k.key, w.column_name, n.text, n.value)) into v_changed
  from sync.writable_fields() as w
  cross join unnest(v_keys) as k (key)
  cross join lateral (
    select case
      when w.field = 'category' then to_jsonb(regexp_replace(p_value #>> '{}', '^.*/', ''))
      -- Of these the text is JSON.
      when exists (
        select from sync.read_metafields() as m
        where w.field = 'metafields.' || m.namespace || '.' || m.key and (m.type = 'json' or m.type like 'list.%')
      ) then (p_value #>> '{}')::jsonb
      else p_value
    end as value
  ) as v
  cross join lateral (
    select nullif(v.value, 'null') as value, case
      when w.field like 'metafields.%' then p_value #>> '{}'
      when jsonb_typeof(v.value) = 'array' then (select string_agg(e.word, ', ') from jsonb_array_elements_text(v.value) as e (word))
      else v.value #>> '{}'
    end as text
  ) as n
  where w.field = p_field;
  return v_changed;
end $$;
comment on function sync.write_catalog(text, text, text, jsonb) is
'Write a value of the shop into the warehouse; returns how many rows have changed, null if it may not be.';
