-- Somebody has looked: what is pending for a shop goes out, and the guard counts anew.
create or replace function sync.release_guard(p_shop_id bigint) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reason text;
  v_cleared integer;
begin
  perform from sync.lanes as l where l.shop_id = p_shop_id order by l.kind, l.lane for update;
  select g.held_reason into v_reason
  from sync.guards as g where g.shop_id = p_shop_id and g.held_at is not null for update;
  if not found then
    return null;
  end if;
  perform from sync.pending as p
  where p.shop_id = p_shop_id
  order by p.key  -- one order everywhere: no deadlock with mark_pending()
  for update;
  update sync.pending as p set cleared = true where p.shop_id = p_shop_id;
  get diagnostics v_cleared = row_count;
  update sync.lanes as l set zeroed = 0 where l.shop_id = p_shop_id;
  update sync.guards as g set held_at = null, held_reason = null where g.shop_id = p_shop_id;
  perform sync.clear_alert('guard_held', p_shop_id);
  perform sync.note_event(p_shop_id, 'guard_released', '', v_reason, jsonb_build_object('products', v_cleared));
  perform pg_notify('sync_changes', '');
  return v_cleared;
end $$;
comment on function sync.release_guard(bigint) is
'Let what is pending for a held shop go out; returns how many products, null if nothing was held.';
