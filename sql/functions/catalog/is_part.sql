-- Whether a field of a product is one that no answer to a write shows: it is read by itself (record_parts).
create or replace function sync.is_part(p_field text) returns boolean
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select p_field in ('media', 'collections', 'publications') or p_field like 'metafields.%';
end;
comment on function sync.is_part(text) is 'Whether a field of a product is read by itself.';
