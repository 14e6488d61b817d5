-- Look at all keys of every kind of a shop. Whoever has changed what they are computed from calls this in a statement
-- of its own afterwards: the relay may have consumed changes meanwhile without seeing it.
create or replace function sync.mark_shop(p_shop_id bigint) returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce(sum(sync.mark_changes(k.kind, p_shop_id, null, array[now()])), 0) from sync.kinds as k;
end;
comment on function sync.mark_shop(bigint) is
'Look at all keys of every kind of a shop and note which must be pushed; returns how many.';
