-- Turn what is pending into jobs of at most 250 keys, falling stock first. It packs late: while a job of the lane
-- runs or is ready, or two wait to be tried again, further changes coalesce in sync.pending; a job takes them along
-- when it starts, and goes on with them at its end. A shop whose circuit is open gets jobs when a probe is due, one
-- that is off or held by its guard gets none. Falling stock does not queue up behind rising stock.
create or replace function sync.pack_jobs() returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lane sync.lanes;
  v_keys text[];
  v_priority integer;
  v_job_id bigint;
  v_packed integer := 0;
begin
  for v_lane in
    select l.* from sync.lanes as l
    where exists (
      select from sync.pending as p
      where p.shop_id = l.shop_id and p.kind = l.kind and p.lane = l.lane and p.job_id is null
    ) and not exists (
      select from sync.circuits as c
      where c.shop_id = l.shop_id and c.state <> 'closed' and c.next_probe_at > clock_timestamp()
    ) and not exists (
      select from pgqueuer.pgqueuer as j where j.id = l.job_id and j.status = 'picked'
    ) and sync.held_back(l.shop_id) is null
  loop
    loop
      select array_agg(n.key), case when min(n.urgency) < 1000000 then 20 else 10 end
      into v_keys, v_priority
      from (
        select p.key, p.urgency from sync.pending as p
        where p.shop_id = v_lane.shop_id and p.kind = v_lane.kind and p.lane = v_lane.lane and p.job_id is null
        order by p.urgency, p.since
        limit 250
      ) as n;
      exit when v_keys is null or (
        select count(*) >= 2 or coalesce(bool_or(j.execute_after <= now()), false)
        from pgqueuer.pgqueuer as j
        where j.entrypoint = v_lane.entrypoint and j.status = 'queued' and j.priority >= v_priority
      );
      v_job_id := sync.enqueue_job(
        v_lane.entrypoint, jsonb_build_object('shop_id', v_lane.shop_id, 'lane', v_lane.lane, 'keys', v_keys), v_priority
      );
      perform from sync.pending as p
      where p.shop_id = v_lane.shop_id and p.kind = v_lane.kind and p.key = any (v_keys)
      order by p.key  -- one order everywhere: no deadlock with mark_pending()
      for update;
      update sync.pending as p set job_id = v_job_id
      where p.shop_id = v_lane.shop_id and p.kind = v_lane.kind and p.key = any (v_keys);
      v_packed := v_packed + 1;
    end loop;
  end loop;
  return v_packed;
end $$;
comment on function sync.pack_jobs() is 'Turn what is pending into jobs of at most 250 keys; returns how many jobs.';
