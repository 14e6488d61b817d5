-- Take points from a shop's budget and say how long to wait before sending: points that are not there yet are
-- promised in turn, so that callers of all processes queue up fairly. p_keep points stay out of reach of the
-- caller (stock pushes pass 0); a caller who would have to wait longer than 10 s, or to reach into p_keep,
-- gets nothing and is told when to ask again. p_writes: no points for a mutation that may not be sent now.
create or replace function sync.reserve_budget(
  p_shop_id bigint, p_cost integer, p_keep integer default 0, p_writes boolean default false,
  p_request_id bigint default null
)
returns table (granted boolean, wait_seconds double precision)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_now timestamptz;
  v_rate double precision;
  v_level double precision;
begin
  if p_writes and not sync.may_write(p_shop_id, p_request_id) then
    raise exception sqlstate 'SW005' using message = format('shop %s may not be written to', p_shop_id);
  end if;
  select b.restore_rate, sync.budget_level(b), clock_timestamp()
  into v_rate, v_level, v_now
  from sync.budgets as b where b.shop_id = p_shop_id for update;
  if not found then
    raise exception sqlstate 'SW002' using message = format('shop %s has no budget', p_shop_id);
  end if;
  v_level := v_level - p_cost;
  granted := v_level >= case when p_keep > 0 then p_keep else -10 * v_rate end;
  wait_seconds := case
    when granted then greatest(-v_level / v_rate, 0)
    else greatest((p_keep - v_level) / v_rate, 0.05)
  end;
  if granted then
    update sync.budgets set level = v_level, updated_at = v_now where shop_id = p_shop_id;
  else
    -- After the clock was put back: or nothing would come back until it is where it was.
    update sync.budgets set updated_at = v_now where shop_id = p_shop_id and updated_at > v_now;
  end if;
  return next;
end $$;
comment on function sync.reserve_budget(bigint, integer, integer, boolean, bigint) is
'Take points from a shop''s budget; says whether they were granted and how many seconds to wait.';
