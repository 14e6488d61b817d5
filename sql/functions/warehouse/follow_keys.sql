-- Captured keys of a watched table: which keys of its entity they concern, and what that means. Those found through
-- another table are logged as well, for whoever asks for a product. False: they cannot be read, or not now: anything
-- may have changed.
create or replace function sync.follow_keys(
  p_watch integer, p_keys text[], p_since timestamptz[], p_limit integer
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_watch sync.watches;
  v_keys text[] := p_keys;
  v_since timestamptz[] := p_since;
  v_entry text;
begin
  select w.* into strict v_watch from sync.watches as w where w.watch = p_watch;
  if v_watch.is_translated then
    begin
      v_keys := array(select distinct t.key from sync.translate_keys(p_watch, p_keys) as t (key));
    exception when sqlstate 'SW007' then
      get stacked diagnostics v_entry = pg_exception_detail;
      perform sync.note_fault(v_entry, format('%s: %s', v_watch.relation, sqlerrm));
      return false;
    when lock_not_available then
      return false;
    end;
    v_since := array_fill((select min(s.since) from unnest(p_since) as s (since)), array[cardinality(v_keys)]);
    insert into sync.change_log (watch, op, key, changed_at, xid)
    select p_watch, 'related', r.key, r.since, pg_current_xact_id() from unnest(v_keys, v_since) as r (key, since);
  end if;
  if cardinality(v_keys) > 0 then
    perform sync.follow_entity(v_watch.entity, v_keys, v_since, v_watch.feeds, p_limit);
  end if;
  return true;
end $$;
comment on function sync.follow_keys(integer, text[], timestamptz[], integer) is
'Note what captured keys of a watched table mean; false if they could not be read.';
