-- A round of a job that pushes, in one statement: its keys are settled, with the answer that applied their last
-- request; it goes on with the next ones of its lane; their push is prepared, and the points of the first request are
-- taken. p_applied: {request_id, answer, call}, call as record_call() takes it. p_then as next_step() takes it.
-- p_costs: points by document.
create or replace function sync.advance_push(
  p_turn sync.turn, p_keys text[], p_then text, p_applied json default null, p_costs json default null
)
returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_done record;
  v_steps sync.step[];
begin
  select s.settled, s.was_refused into v_done from sync.settle_push(p_turn, p_keys) as s;
  if p_applied is not null then
    perform sync.close_request((p_applied ->> 'request_id')::bigint, 'applied', p_applied -> 'answer');
    perform sync.log_call(p_turn.shop_id, p_applied -> 'call');
  end if;
  v_steps := array[sync.next_step(p_turn, case when v_done.was_refused then 'end' else p_then end, v_done.settled)];
  -- A bulk operation has very many keys: its job prepares them slice by slice.
  if v_steps[1].step = 'take' and p_turn.lane < sync.bulk_lane(p_turn.kind) then
    v_steps := v_steps || array(select p from sync.prepare_push(p_turn, v_steps[1].keys) as p);
  end if;
  return query select s.* from sync.charge_steps(p_turn, v_steps, p_applied -> 'call', p_costs) as s;
end $$;
comment on function sync.advance_push(sync.turn, text[], text, json, json) is
'A job is done with its keys; returns what it does next, one step take, linger or end first.';
