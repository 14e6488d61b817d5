-- Once all lines of such an operation are noted: at managed locations that were not listed for an item it has nothing.
-- Of the variants in some lines.
create or replace function sync.record_bulk_items(p_id bigint, p_first bigint, p_last bigint) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select sync.record_levels(
  b.shop_id, b.tick, array_agg(sync.gid_number(l.node #>> '{inventoryItem,id}')), '[]'
)
from sync.bulk_operations as b
inner join sync.bulk_lines as l on b.download = l.download
where b.id = p_id and l.parent is null and l.line between p_first and p_last
group by b.id;
end;
comment on function sync.record_bulk_items(bigint, bigint, bigint) is
'Note that items of some variants have nothing where a bulk operation has shown no level of them.';
