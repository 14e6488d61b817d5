-- What passes do about what a shop holds wrongly of a kind: off, flag or fix.
create or replace function sync.corrects(p_shop_id bigint, p_kind text) returns text
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce((select c.mode from sync.corrections as c where c.shop_id = p_shop_id and c.kind = p_kind), 'fix');
end;
comment on function sync.corrects(bigint, text) is 'What passes do about what a shop holds wrongly: off, flag or fix.';
