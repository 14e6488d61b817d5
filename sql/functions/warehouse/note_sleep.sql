-- Whether a sleeping runner wants to be notified of changes: until an epoch second; as a negative one, it sleeps and
-- looks by itself; 0, it is awake. What triggers read with every row, which queue is active, says so too.
create or replace function sync.note_sleep(p_until bigint) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select
  setval('sync.asleep_until', p_until),
  setval('sync.active_queue', pg_sequence_last_value('sync.active_queue') % 2 + 2 * (p_until > 0)::integer);
end;
comment on function sync.note_sleep(bigint) is
'Note until when a sleeping runner wants a NOTIFY for every change, negative if it wants none; 0 if it is awake.';
