-- A shop has no schedule of its own any more. False: it had none.
create or replace function sync.reset_schedule(p_name text, p_shop_id bigint) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from sync.schedules as s where s.name = p_name and s.shop_id = p_shop_id;
  if not found then
    return false;
  end if;
  perform sync.clear_alert('run_failed', p_shop_id, p_name);
  perform sync.note_event(p_shop_id, 'schedule_changed', p_name, 'as for all shops');
  return true;
end $$;
comment on function sync.reset_schedule(text, bigint) is
'Let a schedule be in a shop as it is in all; false if it was.';
