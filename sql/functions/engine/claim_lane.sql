-- A job takes its lane. It is given its keys, filled up with what became pending since it was packed and with those of
-- jobs that wait, or rising stock would for ever wait behind falling stock in a lane that is never idle; and what an
-- earlier job left without an answer. PgQueuer lets one job of a lane run at a time; when it hands on the job of a
-- runner that fell silent, the generation tells the two apart. Only a live shop is sent anything; one that its guard
-- holds, only what an undo restores.
create or replace function sync.claim_lane(p_shop_id bigint, p_lane integer, p_job_id bigint)
returns table (
  generation bigint, job_keys text[],
  request_id bigint, variables json, entries integer, keys text[], sends integer, age_seconds double precision
)
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with claimed as (
  update sync.lanes as l
  set generation = l.generation + 1, job_id = p_job_id, claimed_at = clock_timestamp()
  where l.shop_id = p_shop_id and l.kind = 'inventory' and l.lane = p_lane
  -- On disk before the job acts on it: after a crash another would be given the same generation.
  returning l.generation, set_config('synchronous_commit', 'on', true) as commit_waits
),

shop as materialized (
  select h.mode, sync.held_back(h.id) is not null as is_held from sync.shops as h where h.id = p_shop_id
),

own as (
  select p.key from sync.pending as p
  where p.shop_id = p_shop_id and p.kind = 'inventory' and p.lane = p_lane and p.job_id = p_job_id
    and not (select shop.is_held from shop)
),

others as (
  (
    select q.key, q.urgency, q.since from sync.pending as q
    where q.shop_id = p_shop_id and q.kind = 'inventory' and q.lane = p_lane and q.job_id is null
    order by q.urgency, q.since
    limit 250
  )
  union all
  select q.key, q.urgency, q.since from sync.pending as q
  where q.shop_id = p_shop_id and q.kind = 'inventory' and q.lane = p_lane and q.job_id <> p_job_id
),

-- Materialized: run twice, it would find other rows the second time.
free as materialized (
  select q.key from sync.pending as q
  where q.shop_id = p_shop_id and q.kind = 'inventory' and q.key in (
    select o.key from others as o order by o.urgency, o.since limit greatest(250 - (select count(*) from own), 0)
  ) and not (select shop.is_held from shop)
  for update skip locked  -- waiting here could deadlock with mark_pending()
),

taken as (
  update sync.pending as p
  set job_id = p_job_id
  from free
  where p.shop_id = p_shop_id and p.kind = 'inventory' and p.key = free.key
  returning p.key
),

open as (
  update sync.requests as r
  set sends = r.sends + 1
  from shop
  where shop.mode = 'live' and (r.run_id is not null or not shop.is_held)
    and r.shop_id = p_shop_id and r.kind = 'inventory' and r.lane = p_lane and r.state = 'open'
  returning r.id, r.variables, r.entries, r.sends, r.created_at
)

select
  c.generation,
  array(
    select key from own
    union all
    select key from taken
    order by 1
  ),
  r.id,
  r.variables,
  r.entries,
  array(
    select k.product_key
    from sync.request_entries(r.variables) as e
    inner join sync.links as k on k.shop_id = p_shop_id and k.inventory_item_id = e.inventory_item_id
  ),
  r.sends,
  extract(epoch from now() - r.created_at)::double precision
from claimed as c
left join open as r on true
order by r.id;
end;
comment on function sync.claim_lane(bigint, integer, bigint) is
'A job takes its lane: the generation that plan_push() wants to see, its keys, and the requests without an answer.';
