-- What the relay must do although nothing was written: look at everything where the mapping depends on the time, and
-- try again to read what could not be read.
create or replace function sync.remind_relay() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from sync.mapping as m where sync.is_due(m.rechecked_at + m.recheck, m.recheck)) then
    update sync.mapping set rechecked_at = now();
    perform sync.look_at_all('recheck');
  end if;
  if exists (select from sync.mapping_faults as f where sync.is_due(f.probe_at, '1 hour')) then
    perform sync.probe_mapping();
  end if;
end $$;
comment on function sync.remind_relay() is 'Queue what the relay must look at although nothing was written.';
