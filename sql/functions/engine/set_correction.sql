-- Say what passes do about what a shop holds wrongly of a kind.
create or replace function sync.set_correction(p_shop_id bigint, p_kind text, p_mode text) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
insert into sync.corrections as c (shop_id, kind, mode) values (p_shop_id, p_kind, p_mode)
on conflict (shop_id, kind) do update set mode = excluded.mode;
end;
comment on function sync.set_correction(bigint, text, text) is 'Say what passes do about what a shop holds wrongly.';
