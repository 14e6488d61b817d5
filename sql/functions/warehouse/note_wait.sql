-- A slice could not be read: its table is locked, and it is tried again with the next pass; after ten seconds people
-- are told. Or reading took so long that it was broken off: that holds up everybody, and is a fault of its entry at
-- once. What is no entry of the mapping is an error of ours.
create or replace function sync.note_wait(p_slice bigint, p_entry text, p_state text, p_message text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_since timestamptz;
begin
  if p_entry not in ('products', 'images', 'locations', 'stock', 'watch') then
    raise exception using errcode = p_state, message = p_message;
  end if;
  update sync.slices as s
  set waits_for = p_entry, waits_since = coalesce(s.waits_since, clock_timestamp())
  where s.id = p_slice
  returning s.waits_since into v_since;
  if p_state = '57014' then
    perform sync.note_fault(p_entry, 'reading was broken off, as it held up the relay for too long');
  elsif v_since < clock_timestamp() - interval '10 seconds' then
    perform sync.note_fault(
      p_entry,
      coalesce(
        (
          select format('%s is locked by session %s', min(t.relation), min(l.pid))
          from sync.watched_tables as t
          join pg_locks as l on l.relation = t.tableoid and l.granted and l.mode = 'AccessExclusiveLock'
          having count(*) > 0
        ),
        'a table that it reads is locked'
      ),
      true
    );
  end if;
end $$;
comment on function sync.note_wait(bigint, text, text, text) is
'Note that a slice could not be read, for a lock or for its length; after a while people are told.';
