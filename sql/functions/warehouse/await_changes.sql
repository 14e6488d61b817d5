-- Wait for changes where nobody is notified of them: true as soon as a committed one is queued, false if none is after
-- p_seconds, null at once while another runner waits here: one is enough. It looks fifty times a second, and where dead
-- rows make that slow, for a twentieth of the time.
create or replace function sync.await_changes(p_seconds double precision) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_until timestamptz := clock_timestamp() + make_interval(secs => p_seconds);
  v_begun timestamptz;
begin
  perform from sync.locks as l where l.name = 'lookout' for update skip locked;
  if not found then
    return null;
  end if;
  loop
    v_begun := clock_timestamp();
    if exists (select from sync.change_queue_0) or exists (select from sync.change_queue_1) then
      return true;
    end if;
    if clock_timestamp() >= v_until then
      return false;
    end if;
    perform pg_sleep(greatest(0.02, 20 * extract(epoch from clock_timestamp() - v_begun)));
  end loop;
end $$;
comment on function sync.await_changes(double precision) is
'Wait until a change is queued: true if one is, false if none came in time, null if another runner waits already.';
