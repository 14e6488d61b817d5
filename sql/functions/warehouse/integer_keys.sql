-- Keys as numbers, so that an index of the warehouse serves; what is none, a key of an earlier mapping, is left out.
create or replace function sync.integer_keys(p_keys text[]) returns bigint[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce(array_agg(k.key::bigint), '{}') from unnest(p_keys) as k (key)
where case
  when k.key ~ '^-?[0-9]{1,19}$' then k.key::numeric between -9223372036854775808 and 9223372036854775807 else false
end;
end;
comment on function sync.integer_keys(text[]) is 'Those of some keys that are whole numbers.';
