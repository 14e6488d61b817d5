-- What a job goes on with, as it would otherwise take a job, and its way through the queue, for every batch: take, the
-- most urgent keys of its lane. End, the lane given up, when nothing is pending, when another job of the lane waits its
-- turn, or when the shop is not to be called. p_then: go on; linger: without keys the lane is kept, its runner looks
-- again soon; end: give it up. p_settled: keys that were done with before.
create or replace function sync.next_step(p_turn sync.turn, p_then text, p_settled integer) returns sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_waiting bigint[];
  v_is_ready boolean;
  v_keys text[];
  v_ends boolean := p_then = 'end';
begin
  if not v_ends then
    -- Jobs that wait to be tried again keep their keys; one that is ready gets the lane.
    select coalesce(array_agg(j.id), '{}'), coalesce(bool_or(j.execute_after <= now()), false)
    into v_waiting, v_is_ready
    from pgqueuer.pgqueuer as j
    join sync.lanes as l on l.entrypoint = j.entrypoint
    where l.shop_id = p_turn.shop_id and l.kind = p_turn.kind and l.lane = p_turn.lane and j.status = 'queued';
    v_ends := v_is_ready or sync.enter_circuit(p_turn.shop_id, p_turn.kind, p_turn.job_id) = 'held';
  end if;
  if not v_ends then
    v_keys := sync.take_batch(p_turn, 0, v_waiting);
    v_ends := v_keys is null and p_then <> 'linger';
  end if;
  if v_ends then
    v_keys := '{}';
    perform sync.hand_on_probe(p_turn.shop_id, p_turn.job_id);
  end if;
  -- Without a job, pack_jobs() may pack the lane's next one though PgQueuer has yet to note the end of this.
  update sync.lanes as l
  set claimed_at = clock_timestamp(), job_id = case when v_ends then null else p_turn.job_id end
  where l.shop_id = p_turn.shop_id and l.kind = p_turn.kind and l.lane = p_turn.lane;
  return sync.a_step(case when v_ends then 'end' when v_keys is null then 'linger' else 'take' end, v_keys, p_settled);
end $$;
comment on function sync.next_step(sync.turn, text, integer) is
'What a job goes on with: take and its next keys, linger without any, or end.';
