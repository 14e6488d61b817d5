-- A schedule has come, everywhere or in a shop of its own; p_error null: what it does succeeded.
create or replace function sync.note_schedule(p_name text, p_error text, p_shop_id bigint default null) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.schedules as s set last_run_at = now(), last_error = p_error
where s.name = p_name and s.shop_id is not distinct from p_shop_id;
end;
comment on function sync.note_schedule(text, text, bigint) is 'Note that a schedule has come, and how it ended.';
