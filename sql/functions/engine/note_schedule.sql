-- A schedule has run; p_error null: it succeeded.
create or replace function sync.note_schedule(p_name text, p_error text) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.schedules as s set last_run_at = now(), last_error = p_error where s.name = p_name;
end;
comment on function sync.note_schedule(text, text) is 'Note that a schedule has run, and how it ended.';
