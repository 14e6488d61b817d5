-- A round of a job that sends nothing: its keys are settled, and it goes on with the next ones of its lane.
create or replace function sync.advance_lane(p_turn sync.turn, p_keys text[], p_then text) returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_step sync.step;
begin
  perform sync.hold_lane(p_turn);
  v_step.settled := sync.settle_keys(p_turn, p_keys);
  v_step.keys := sync.next_keys(p_turn, p_then);
  v_step.step := case when v_step.keys is null then 'linger' when v_step.keys = '{}' then 'end' else 'take' end;
  return next v_step;
end $$;
comment on function sync.advance_lane(sync.turn, text[], text) is
'A job that sends nothing is done with its keys; returns one step: take, linger or end.';
