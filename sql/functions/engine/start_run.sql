-- Begin a run of its own, whatever else is at work.
create or replace function sync.start_run(p_shop_id bigint, p_kind text) returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
insert into sync.runs (kind, shop_id) values (p_kind, p_shop_id) returning id;
end;
comment on function sync.start_run(bigint, text) is 'Begin a run, whatever else is at work; returns its id.';
