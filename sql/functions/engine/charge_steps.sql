-- The end of a round: the budget is corrected by the last call, and the points of the first request are taken, if they
-- are to be had without asking again. Last of all, for every lane of the shop needs the budget's row.
create or replace function sync.charge_steps(p_turn sync.turn, p_steps sync.step[], p_call json, p_costs json)
returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_step sync.step;
  v_is_charged boolean := false;
begin
  if p_call is not null then
    perform sync.correct_budget(p_turn.shop_id, p_call);
  end if;
  foreach v_step in array p_steps loop
    if v_step.step = 'send' and not v_is_charged then
      v_is_charged := true;
      select b.wait_seconds into v_step.wait_seconds
      from sync.kinds as k
      cross join sync.reserve_budget(p_turn.shop_id, (p_costs ->> v_step.document)::integer, k.keep, true) as b
      where k.kind = p_turn.kind and b.granted and p_costs ->> v_step.document is not null;
    end if;
    return next v_step;
  end loop;
end $$;
comment on function sync.charge_steps(sync.turn, sync.step[], json, json) is
'Correct the budget by the last call and take the points of the first request to send; returns the steps.';
