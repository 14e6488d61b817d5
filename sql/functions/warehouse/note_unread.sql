-- A trigger could not read the key of its table any more: its column is gone, or has another name.
create or replace function sync.note_unread(p_watch integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.raise_alert(
    'capture_gap', null, w.relation,
    format(
      '%s has no column %s any more that a trigger could read: every write there makes Shelfwire look at everything.',
      w.relation, w.key_column
    )
  )
  from sync.watches as w
  where w.watch = p_watch;
end $$;
comment on function sync.note_unread(integer) is 'Tell people that a trigger cannot read the key of its table.';
