-- Keys as numbers, so that an index of the warehouse serves; what is none, a key of an earlier mapping, is left out.
create or replace function sync.integer_keys(p_keys text[]) returns bigint[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce(array_agg(k.key::bigint), '{}') from unnest(p_keys) as k (key) where k.key ~ '^-?\d{1,18}$';
end;
comment on function sync.integer_keys(text[]) is 'Those of some keys that are whole numbers.';
