-- Somebody else writes to a shop, or this database is a copy of the one that does (p_other null): it falls to monitor,
-- and people are told.
create or replace function sync.yield_shop(p_shop_id bigint, p_other jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_domain text;
  v_mode text;
  v_message text;
begin
  select h.domain, h.mode into strict v_domain, v_mode from sync.shops as h where h.id = p_shop_id for no key update;
  v_message := case
    when p_other is null then
      'This database is a copy of the one that writes to ' || v_domain || ', so it writes nothing there.'
    else format(
      'Another installation of Shelfwire writes to %s (%s, from the database %s), so this one writes nothing there.',
      v_domain, coalesce(p_other ->> 'installation', 'without a name'), coalesce(p_other ->> 'database', 'unknown')
    )
  end;
  update sync.writers as w
  set
    other = coalesce(p_other, '{}'), was_live = w.was_live or v_mode = 'live', confirmed_at = '-infinity',
    doubted = null, doubted_at = null
  where w.shop_id = p_shop_id;
  update sync.shops as h set mode = 'monitor' where h.id = p_shop_id and h.mode = 'live';
  perform sync.note_event(p_shop_id, 'mode_changed', 'monitor', v_message, jsonb_build_object('before', v_mode));
  perform sync.raise_alert('other_writer', p_shop_id, '', v_message, coalesce(p_other, '{}'));
end $$;
comment on function sync.yield_shop(bigint, jsonb) is
'Somebody else writes to a shop, or null: we are a copy. It falls to monitor, and people are told.';
