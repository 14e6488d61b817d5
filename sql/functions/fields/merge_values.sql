-- Both sides' changes in one value: sets are united, maps merged key by key, where ours wins if both have changed a
-- key. Null: it is neither.
create or replace function sync.merge_values(p_base jsonb, p_ours jsonb, p_theirs jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select case
  when jsonb_typeof(p_ours) = 'array' and jsonb_typeof(p_theirs) = 'array'
    and not jsonb_path_exists(p_ours || p_theirs, '$[*] ? (@.type() == "object")') then (
    select jsonb_agg(distinct e.value)
    from jsonb_array_elements(p_ours || p_theirs) as e (value)
  )
  when jsonb_typeof(p_ours) = 'object' and jsonb_typeof(p_theirs) = 'object' then (
    select jsonb_object_agg(
      k.key,
      case when p_ours ? k.key and p_ours -> k.key is distinct from p_base -> k.key or not p_theirs ? k.key
        then p_ours -> k.key else p_theirs -> k.key end
    )
    from jsonb_object_keys(p_ours || p_theirs) as k (key)
  )
end;
end;
comment on function sync.merge_values(jsonb, jsonb, jsonb) is
'Both sides'' changes in one value; null if it is neither a set nor a map.';
