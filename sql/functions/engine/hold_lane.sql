-- Keep others from taking the lane until this transaction ends. A runner that was silent for long may come back while
-- another does its job, under the same id: it is told so.
create or replace function sync.hold_lane(p_turn sync.turn) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from sync.lanes as l
  where l.shop_id = p_turn.shop_id and l.kind = p_turn.kind and l.lane = p_turn.lane
    and l.generation = p_turn.generation
  for share;
  if not found then
    raise exception sqlstate 'SW001' using
      message = format('lane %s of shop %s was taken over by another job', p_turn.lane, p_turn.shop_id);
  end if;
end $$;
comment on function sync.hold_lane(sync.turn) is 'Keep others from taking a lane meanwhile; fails if another has.';
