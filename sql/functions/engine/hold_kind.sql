-- Stop a kind in a live shop: its changes wait in sync.pending until somebody has looked and released them.
create or replace function sync.hold_kind(p_shop_id bigint, p_kind text, p_reason text, p_detail jsonb default '{}')
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update sync.guards as g
  set held_at = clock_timestamp(), held_reason = p_reason
  where g.shop_id = p_shop_id and g.kind = p_kind and g.held_at is null;
  if not found then
    return false;
  end if;
  perform sync.raise_alert('guard_held', p_shop_id, p_kind, p_reason, p_detail);
  perform sync.note_event(p_shop_id, 'guard_held', p_kind, p_reason, p_detail);
  return true;
end $$;
comment on function sync.hold_kind(bigint, text, text, jsonb) is
'Stop a kind in a live shop until its guard is released; false if it was held already.';
