-- Keys as numbers of any scale, as integer_keys().
create or replace function sync.numeric_keys(p_keys text[]) returns numeric[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce(array_agg(k.key::numeric), '{}') from unnest(p_keys) as k (key)
where k.key ~ '^-?[0-9]{1,255}(\.[0-9]{1,255})?$';
end;
comment on function sync.numeric_keys(text[]) is 'Those of some keys that are numbers.';
