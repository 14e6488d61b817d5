-- Read all that could not be read, from its beginning to its end. If it can be by now, what it feeds is no longer
-- held, and everything is looked at once; otherwise it is tried again later.
create or replace function sync.probe_mapping() returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry text;
begin
  perform count(*) from sync.read_products();
  perform count(*) from sync.read_locations();
  perform count(*) from sync.read_stock();
  perform count(*) from sync.read_images();
  perform count(*)
  from sync.watches as w
  cross join sync.translate_keys(w.watch, '{}')
  where w.is_watched and w.is_translated;
  perform sync.clear_alert('mapping_broken', null, f.entry) from sync.mapping_faults as f;
  delete from sync.mapping_faults;
  perform sync.look_at_all('mended');
  return true;
exception when sqlstate 'SW007' or lock_not_available or query_canceled then
  get stacked diagnostics v_entry = pg_exception_detail;
  perform sync.note_fault(v_entry, sqlerrm, sqlstate = '55P03');
  return false;
end $$;
comment on function sync.probe_mapping() is 'Try to read what could not be read; true if it can be now.';
