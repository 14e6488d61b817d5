-- Let the change queues take turns, so that dead rows never pile up where the relay must read, not even while a long
-- report holds vacuum back: when the active queue has grown and the other is empty, triggers go over to that. Returns
-- the one that is idle, which the relay reads as a whole and empties with empty_queue().
create or replace function sync.turn_queues(p_grown bigint) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state bigint := pg_sequence_last_value('sync.active_queue');
  v_active bigint := v_state % 2;
begin
  if pg_relation_size(format('sync.change_queue_%s', v_active)) >= p_grown
    and pg_relation_size(format('sync.change_queue_%s', 1 - v_active)) = 0
  then
    perform setval('sync.active_queue', v_state + 1 - 2 * v_active);
    return v_active;
  end if;
  return 1 - v_active;
end $$;
comment on function sync.turn_queues(bigint) is 'Let the change queues take turns; returns the one that is idle, 0 or 1.';
