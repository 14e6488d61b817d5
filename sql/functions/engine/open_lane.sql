-- A job takes its lane. PgQueuer lets one job of a lane run at a time; when it hands on the job of a runner that fell
-- silent, the generation tells the two apart. The job is given its keys, filled up with what became pending since it
-- was packed and with those of jobs that wait, or what is less urgent would for ever wait behind the rest in a lane
-- that is never idle. No keys while the kind is held; no row if the lane is gone.
create or replace function sync.open_lane(p_shop_id bigint, p_kind text, p_lane integer, p_job_id bigint)
returns table (turn sync.turn, keys text[])
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- On disk before the job acts on it: after a crash another would be given the same generation.
  perform set_config('synchronous_commit', 'on', true);
  update sync.lanes as l
  set generation = l.generation + 1, job_id = p_job_id, claimed_at = clock_timestamp()
  where l.shop_id = p_shop_id and l.kind = p_kind and l.lane = p_lane
  returning l.shop_id, l.kind, l.lane, p_job_id, l.generation into turn;
  if not found then
    return;
  end if;
  keys := '{}';
  if sync.held_back(p_shop_id, p_kind) is null then
    keys := array(
      select p.key from sync.pending as p
      where p.shop_id = p_shop_id and p.kind = p_kind and p.lane = p_lane and p.job_id = p_job_id
    );
    keys := keys || coalesce(sync.take_batch(turn, cardinality(keys), array[p_job_id]), '{}');
  end if;
  return next;
end $$;
comment on function sync.open_lane(bigint, text, integer, bigint) is
'A job takes its lane; returns its turn, which whatever it does later wants to see, and its keys.';
