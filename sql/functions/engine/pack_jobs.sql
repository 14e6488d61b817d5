-- Turn what is pending into jobs, the most urgent keys first. A job carries no keys: those that it is to work on are
-- its rows of sync.pending, and free again once it is no more, lost with a runner, failed for good or deleted by a
-- person. It packs late: while a job of the lane runs or is ready, or two wait to be tried again, further changes
-- coalesce in sync.pending; a job takes them along when it starts, and goes on with them at its end. A shop whose
-- circuit is open gets jobs when a probe is due, a kind that is off or held by its guard gets none. What is urgent
-- does not queue up behind what is not.
create or replace function sync.pack_jobs() returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lane record;
  v_alive bigint[];
  v_priority integer;
  v_job_id bigint;
  v_packed integer := 0;
begin
  -- Longer than that no job waits to be tried again (backoff()): its time was set before the clock was put back.
  update pgqueuer.pgqueuer as j set execute_after = now()
  where j.status = 'queued' and j.execute_after > now() + interval '2 minutes';
  for v_lane in
    select l.shop_id, l.kind, l.lane, l.entrypoint, k.batch_size
    from sync.lanes as l
    join sync.kinds as k on k.kind = l.kind and l.lane < k.lanes
    where exists (
      select from sync.pending as p where p.shop_id = l.shop_id and p.kind = l.kind and p.lane = l.lane
    ) and not exists (
      select from sync.circuits as c
      where c.shop_id = l.shop_id and c.kind in ('', l.kind) and c.state <> 'closed'
        and not sync.is_due(c.next_probe_at, '2 minutes')
    ) and not exists (
      select from pgqueuer.pgqueuer as j where j.id = l.job_id and j.status = 'picked'
    ) and sync.held_back(l.shop_id, l.kind) is null
  loop
    loop
      v_alive := array(
        select j.id from pgqueuer.pgqueuer as j
        where j.entrypoint = v_lane.entrypoint and j.status in ('queued', 'picked')
      );
      select c.priority into v_priority
      from sync.pending as p
      join sync.priorities as c on c.class = p.urgency / 1000000
      where p.shop_id = v_lane.shop_id and p.kind = v_lane.kind and p.lane = v_lane.lane
        and (p.job_id is null or p.job_id <> all (v_alive))
      order by p.urgency, p.since
      limit 1;
      exit when not found or (
        select count(*) >= 2 or coalesce(bool_or(j.execute_after <= now()), false)
        from pgqueuer.pgqueuer as j
        where j.entrypoint = v_lane.entrypoint and j.status = 'queued' and j.priority >= v_priority
      );
      v_job_id := sync.enqueue_job(v_lane.shop_id, v_lane.kind, v_lane.lane, v_priority);
      perform sync.take_keys(
        row(v_lane.shop_id, v_lane.kind, v_lane.lane, v_job_id, null)::sync.turn, v_lane.batch_size, v_alive
      );
      v_packed := v_packed + 1;
    end loop;
  end loop;
  -- What bulk operations push is taken by their job as it starts.
  for v_lane in
    select l.shop_id, l.kind, l.lane
    from sync.lanes as l
    join sync.kinds as k on k.kind = l.kind and l.lane = k.lanes
    join sync.shops as h on h.id = l.shop_id and h.mode = 'live'
    where not exists (
      select from sync.circuits as c
      where c.shop_id = l.shop_id and c.kind in ('', l.kind) and c.state <> 'closed'
    ) and not exists (
      select from pgqueuer.pgqueuer as j where j.entrypoint = l.entrypoint and j.status in ('queued', 'picked')
    ) and sync.held_back(l.shop_id, l.kind) is null
  loop
    continue when not sync.bulk_pays(v_lane.shop_id, v_lane.kind) and not exists (
      select from sync.pending as p
      where p.shop_id = v_lane.shop_id and p.kind = v_lane.kind and p.lane = v_lane.lane
    );
    perform sync.enqueue_job(v_lane.shop_id, v_lane.kind, v_lane.lane, (select min(c.priority) from sync.priorities as c));
    v_packed := v_packed + 1;
  end loop;
  -- What was stored and never answered, in a lane without anything pending: nobody else would come for it. An undo is
  -- sent while its kind is held.
  for v_lane in
    select distinct r.shop_id, r.kind, r.lane, l.entrypoint
    from sync.requests as r
    join sync.lanes as l on l.shop_id = r.shop_id and l.kind = r.kind and l.lane = r.lane
    where r.state = 'open' and (r.run_id is not null or sync.held_back(r.shop_id, r.kind) is null)
      and exists (select from sync.shops as h where h.id = r.shop_id and h.mode = 'live')
      and not exists (
        select from sync.circuits as c
        where c.shop_id = r.shop_id and c.kind in ('', r.kind) and c.state <> 'closed'
          and not sync.is_due(c.next_probe_at, '2 minutes')
      )
      and not exists (
        select from pgqueuer.pgqueuer as j where j.entrypoint = l.entrypoint and j.status in ('queued', 'picked')
      )
  loop
    perform sync.queue_lanes(v_lane.shop_id, v_lane.kind, array[v_lane.lane]);
    v_packed := v_packed + 1;
  end loop;
  return v_packed;
end $$;
comment on function sync.pack_jobs() is 'Turn what is pending into jobs; returns how many.';
