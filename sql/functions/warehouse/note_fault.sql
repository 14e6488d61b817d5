-- An entry of the mapping could not be read: what it feeds is held until it can be, and people are told. It is tried
-- again after ten seconds, then less and less often, at most five minutes apart; what is only locked, all the time.
create or replace function sync.note_fault(p_entry text, p_message text, p_is_locked boolean default false) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into sync.mapping_faults as f (entry, message, is_locked) values (p_entry, p_message, p_is_locked)
  on conflict (entry) do update
  set
    message = excluded.message,
    is_locked = excluded.is_locked,
    last_at = clock_timestamp(),
    probe_at = case
      when not sync.is_due(f.probe_at, '1 hour') then f.probe_at
      else clock_timestamp() + least(greatest(clock_timestamp() - f.since, interval '10 seconds'), interval '5 minutes')
    end;
  perform sync.raise_alert(
    'mapping_broken', null, p_entry, format('The mapping''s [%s] cannot be read: %s.', p_entry, rtrim(p_message, '.'))
  );
end $$;
comment on function sync.note_fault(text, text, boolean) is 'Note that an entry of the mapping could not be read, and tell people.';
