-- Why nothing may be written to a live shop from this database, as writer_status says it.
create or replace function sync.writing_stops(p_shop_id bigint) returns text
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select w.stops from sync.writer_status as w where w.shop_id = p_shop_id;
end;
comment on function sync.writing_stops(bigint) is
'Why nothing may be written to a live shop from this database: copy, unconfirmed or unread; null: nothing is in the way.';
