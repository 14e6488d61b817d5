-- The next batch of a lane becomes a job's, which has p_taken keys already: the most urgent keys, or, in the lane of
-- bulk operations, what is worth one. Null: there are none.
create or replace function sync.take_batch(p_turn sync.turn, p_taken integer, p_others bigint[]) returns text[]
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind sync.kinds;
begin
  select k.* into strict v_kind from sync.kinds as k where k.kind = p_turn.kind;
  if p_turn.lane = v_kind.lanes then
    return sync.take_bulk(p_turn, v_kind.bulk_size - p_taken);
  end if;
  return sync.take_keys(p_turn, v_kind.batch_size - p_taken, p_others);
end $$;
comment on function sync.take_batch(sync.turn, integer, bigint[]) is 'The next batch of a lane becomes a job''s; returns its keys.';
