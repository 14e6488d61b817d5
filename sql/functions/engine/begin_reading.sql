-- A run begins to read: what was relayed until now is older than all that it reads. One that goes on where it was has
-- read already.
create or replace function sync.begin_reading(p_run_id bigint) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.runs as r
set after_change = coalesce(pg_sequence_last_value('sync.change_log_id_seq'), 0)
where r.id = p_run_id and r.reached is null;
end;
comment on function sync.begin_reading(bigint) is 'A run begins to read, unless it has read already.';
