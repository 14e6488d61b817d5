-- Inventory items of a request: those at some indexes, or all.
create or replace function sync.items_of(p_request_id bigint, p_indexes integer[] default null) returns bigint[]
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce(array_agg(distinct e.inventory_item_id), '{}')
from sync.requests as r
cross join sync.level_entries(r.variables) as e
where r.id = p_request_id and (p_indexes is null or e.index = any(p_indexes));
end;
comment on function sync.items_of(bigint, integer[]) is 'Inventory items of a request: those at some indexes, or all.';
