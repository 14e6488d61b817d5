-- A round of a job in one statement: its keys are settled, with the answer that applied their last request; it goes on
-- with the next ones of its lane; their push is prepared, and the points of the first request are taken. p_applied:
-- {request_id, answer, call}, call as record_call() takes it. p_then as next_keys() takes it.
create or replace function sync.advance_inventory(
  p_turn sync.turn, p_keys text[], p_then text, p_applied json default null, p_cost integer default null
)
returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_done record;
  v_keys text[];
  v_call json := p_applied -> 'call';
  v_step sync.step;
begin
  select s.settled, s.was_refused into v_done from sync.settle_push(p_turn, p_keys) as s;
  if p_applied is not null then
    perform sync.close_inventory((p_applied ->> 'request_id')::bigint, 'applied', p_applied -> 'answer');
    perform sync.log_call(p_turn.shop_id, v_call);
  end if;
  v_keys := sync.next_keys(p_turn, case when v_done.was_refused then 'end' else p_then end);
  v_step.step := case when v_keys is null then 'linger' when v_keys = '{}' then 'end' else 'take' end;
  v_step.keys := v_keys;
  v_step.settled := v_done.settled;
  return next v_step;
  if v_step.step = 'take' then
    for v_step in select p.* from sync.prepare_inventory(p_turn, v_keys) as p loop
      if v_step.step = 'send' and p_cost is not null then
        -- Last of all: every lane of the shop needs its budget.
        if v_call is not null then
          perform sync.correct_budget(p_turn.shop_id, v_call);
          v_call := null;
        end if;
        select b.wait_seconds into v_step.wait_seconds
        from sync.reserve_budget(p_turn.shop_id, p_cost, 0, true) as b
        where b.granted;
        p_cost := null;
      end if;
      return next v_step;
    end loop;
  end if;
  if v_call is not null then
    perform sync.correct_budget(p_turn.shop_id, v_call);
  end if;
end $$;
comment on function sync.advance_inventory(sync.turn, text[], text, json, integer) is
'A job is done with its keys; returns what it does next, one step take, linger or end first.';
