-- A job has pushed its keys: their last request was applied, they are settled, and the job goes on with what has become
-- pending in its lane meanwhile, falling stock first, as it would otherwise take a job, and its way through the queue,
-- for every 250 keys: their push is planned, one row for each row of plan_push(), and p_cost points are taken for the
-- first request. wait_seconds says when they are there, null that they are still to be asked for. When nothing is
-- pending and p_linger says so it keeps the lane, next_keys is null: its runner looks again soon. The job ends, by
-- getting no keys, when nothing is pending, when another job of the lane waits its turn, when the shop is not to be
-- called, when a key was refused, for a job does not send again what it was refused, or when p_go_on forbids.
create or replace function sync.continue_push(
  p_shop_id bigint, p_lane integer, p_job_id bigint, p_generation bigint, p_keys text[], p_go_on boolean,
  p_linger boolean default false, p_applied_id bigint default null, p_answer json default null,
  p_call json default null, p_size integer default 250, p_cost integer default null
)
returns table (
  settled integer, next_keys text[],
  request_id bigint, variables json, entries integer, keys text[], read_items bigint[], wait_seconds double precision
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_goes_on boolean;
begin
  settled := sync.settle_push(p_shop_id, p_job_id, p_keys, p_generation);
  if p_applied_id is not null then
    perform sync.record_answer(p_applied_id, 'applied', p_answer);
  end if;
  v_goes_on := p_go_on and not exists (
    select from sync.refusals as f
    where f.shop_id = p_shop_id and f.kind = 'inventory' and f.key = any (p_keys) and f.job_id = p_job_id
  ) and not exists (
    select from pgqueuer.pgqueuer as j
    join sync.lanes as l on l.entrypoint = j.entrypoint
    where l.shop_id = p_shop_id and l.kind = 'inventory' and l.lane = p_lane
      and j.status = 'queued' and j.execute_after <= now()
  ) and sync.enter_circuit(p_shop_id, p_job_id) <> 'held';
  if v_goes_on then
    with free as (
      select q.ctid from sync.pending as q
      where q.shop_id = p_shop_id and q.kind = 'inventory' and q.lane = p_lane
        and (q.job_id is null or q.job_id = p_job_id)  -- of its own: what was locked when it was to be settled
      order by q.urgency, q.since
      limit 250
      for update skip locked  -- waiting here could deadlock with mark_pending()
    ),

    taken as (
      update sync.pending as p
      set job_id = p_job_id
      from free
      where p.ctid = free.ctid
      returning p.key
    )

    select array_agg(t.key order by t.key) into next_keys from taken as t;
  end if;
  if next_keys is null and not (v_goes_on and p_linger) then
    next_keys := '{}';
    update sync.circuits as c set next_probe_at = clock_timestamp()
    where c.shop_id = p_shop_id and c.state = 'half-open' and c.probe_job_id = p_job_id;
  end if;
  -- Without a job, pack_jobs() may pack the lane's next one though PgQueuer has yet to note the end of this.
  update sync.lanes as l
  set claimed_at = clock_timestamp(), job_id = case when next_keys = '{}' then null else p_job_id end
  where l.shop_id = p_shop_id and l.kind = 'inventory' and l.lane = p_lane;
  for request_id, variables, entries, keys, read_items in
    select p.request_id, p.variables, p.entries, p.keys, p.read_items
    from sync.plan_push(p_shop_id, p_lane, p_generation, p_job_id, next_keys, p_size) as p
  loop
    if p_call is not null then
      -- Last of all: every lane of the shop needs its budget.
      perform sync.record_call(p_shop_id, p_call);
      p_call := null;
    end if;
    wait_seconds := null;
    if p_cost is not null and request_id is not null then
      wait_seconds := (
        select b.wait_seconds from sync.reserve_budget(p_shop_id, p_cost, 0, true) as b where b.granted
      );
      p_cost := null;
    end if;
    return next;
  end loop;
  if not found then
    return next;
  end if;
  if p_call is not null then
    perform sync.record_call(p_shop_id, p_call);
  end if;
end $$;
comment on function sync.continue_push(
  bigint, integer, bigint, bigint, text[], boolean, boolean, bigint, json, json, integer, integer
) is
'A job is done with its keys; returns how many are settled, and those it goes on with, none at its end.';
