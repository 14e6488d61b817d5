-- Keys as uuids, so that an index of the warehouse serves; what is none, a key of an earlier mapping, is left out.
create or replace function sync.uuid_keys(p_keys text[]) returns uuid[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce(array_agg(k.key::uuid), '{}') from unnest(p_keys) as k (key)
where k.key ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$';
end;
comment on function sync.uuid_keys(text[]) is 'Those of some keys that are uuids.';
