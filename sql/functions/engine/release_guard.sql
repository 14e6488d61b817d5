-- Somebody has looked: what is pending of a kind goes out, and the guard counts anew.
create or replace function sync.release_guard(p_shop_id bigint, p_kind text) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reason text;
  v_cleared integer;
begin
  perform from sync.lanes as l where l.shop_id = p_shop_id and l.kind = p_kind order by l.lane for update;
  if not exists (
    select from sync.guards as g where g.shop_id = p_shop_id and g.kind = p_kind and g.held_at is not null
  ) then
    return null;
  end if;
  perform from sync.pending as p
  where p.shop_id = p_shop_id and p.kind = p_kind
  order by p.key  -- one order everywhere: no deadlock with mark_keys()
  for update;
  update sync.pending as p set cleared = true where p.shop_id = p_shop_id and p.kind = p_kind;
  get diagnostics v_cleared = row_count;
  update sync.lanes as l set lost = 0 where l.shop_id = p_shop_id and l.kind = p_kind;
  select g.held_reason into v_reason
  from sync.guards as g where g.shop_id = p_shop_id and g.kind = p_kind and g.held_at is not null for update;
  update sync.guards as g set held_at = null, held_reason = null where g.shop_id = p_shop_id and g.kind = p_kind;
  perform sync.clear_alert('guard_held', p_shop_id, p_kind);
  perform sync.note_event(p_shop_id, 'guard_released', p_kind, v_reason, jsonb_build_object('pending', v_cleared));
  perform sync.notify_listeners('sync_changes');
  return v_cleared;
end $$;
comment on function sync.release_guard(bigint, text) is
'Let what is pending of a held kind go out; returns how many keys, null if it was not held.';
