-- Points that were taken for a call that was never sent.
create or replace function sync.return_points(p_shop_id bigint, p_cost integer) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.budgets as b set level = b.level + p_cost where b.shop_id = p_shop_id;
end;
comment on function sync.return_points(bigint, integer) is 'Give back points that were taken for a call that was never sent.';
