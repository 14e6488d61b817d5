-- What may be sent for a turn, before anything is computed. Off counts as held.
create or replace function sync.enter_push(p_turn sync.turn) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mode text;
begin
  perform sync.hold_lane(p_turn);
  select h.mode into v_mode from sync.shops as h where h.id = p_turn.shop_id;
  if sync.held_back(p_turn.shop_id, p_turn.kind) is not null then
    return 'held';
  elsif v_mode = 'live' and exists (
    select from sync.requests as r
    where r.shop_id = p_turn.shop_id and r.kind = p_turn.kind and r.lane = p_turn.lane and r.state = 'open'
      -- A bulk operation sends many at once, and they are stored one after another.
      and not (r.job_id = p_turn.job_id and p_turn.lane = sync.bulk_lane(p_turn.kind))
  ) then
    raise exception sqlstate 'SW003' using
      message = format('lane %s of shop %s has a request whose answer is not known', p_turn.lane, p_turn.shop_id);
  end if;
  return v_mode;
end $$;
comment on function sync.enter_push(sync.turn) is 'What may be sent for a turn now: held, monitor or live.';
