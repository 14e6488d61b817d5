-- A round of a job that sends nothing: its keys are settled, and it goes on with the next ones of its lane.
create or replace function sync.advance_lane(p_turn sync.turn, p_keys text[], p_then text) returns sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.hold_lane(p_turn);
  return sync.next_step(p_turn, p_then, sync.settle_keys(p_turn, p_keys));
end $$;
comment on function sync.advance_lane(sync.turn, text[], text) is
'A job that sends nothing is done with its keys; returns the step take, linger or end.';
