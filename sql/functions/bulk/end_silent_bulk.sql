-- Bulk operations that nobody has gone on with for a day have failed: they keep no slot, and their lines are no more.
create or replace function sync.end_silent_bulk() returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select sync.end_bulk(b.id, 'Nobody went on with it.')
from sync.bulk_operations as b
where b.ended_at is null and b.advanced_at < clock_timestamp() - interval '1 day';
end;
comment on function sync.end_silent_bulk() is 'End the bulk operations that nobody has gone on with for a day.';
