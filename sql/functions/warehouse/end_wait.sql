-- What was locked can be read again: nothing was taken for something else meanwhile, so nothing needs to be looked at
-- once more.
create or replace function sync.end_wait(p_entry text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from sync.mapping_faults as f where f.entry = p_entry and f.is_locked;
  if found then
    perform sync.clear_alert('mapping_broken', null, p_entry);
  end if;
end $$;
comment on function sync.end_wait(text) is 'Note that an entry of the mapping is no longer locked.';
