-- The most urgent keys of a lane become a job's, except those that one of p_others holds. Null: there are none. Of each
-- class of urgency some are among them, the oldest of its most urgent: however much of a higher one keeps coming.
create or replace function sync.take_keys(p_turn sync.turn, p_limit integer, p_others bigint[] default '{}')
returns text[]
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with first as (
  select q.ctid, row_number() over (order by q.urgency, q.since) + p_limit as place
  from sync.pending as q
  where q.shop_id = (p_turn).shop_id and q.kind = (p_turn).kind and q.lane = (p_turn).lane
    and (q.job_id is null or q.job_id <> all(p_others))
  order by q.urgency, q.since
  limit greatest(p_limit, 0)
),

several as (
  select s.ctid, row_number() over (order by c.class) as place
  from sync.priorities as c
  cross join lateral (
    select q.ctid from sync.pending as q
    where q.shop_id = (p_turn).shop_id and q.kind = (p_turn).kind and q.lane = (p_turn).lane
      and q.urgency >= c.class * 1000000 and q.urgency < (c.class + 1) * 1000000
      and (q.job_id is null or q.job_id <> all(p_others))
    order by q.urgency, q.since
    limit greatest(1, p_limit / 25)
  ) as s
  where c.class > 0
  order by c.class
  limit p_limit / 2
),

chosen as (
  select a.ctid
  from (
    select * from first
    union all
    select * from several
  ) as a
  group by a.ctid
  order by min(a.place)
  limit greatest(p_limit, 0)
),

free as (
  select q.ctid from sync.pending as q
  where q.ctid = any(array(select c.ctid from chosen as c))
    and q.shop_id = (p_turn).shop_id and q.kind = (p_turn).kind and q.lane = (p_turn).lane
  for update skip locked  -- waiting here could deadlock with mark_keys()
),

taken as (
  update sync.pending as p
  set job_id = (p_turn).job_id
  from free
  where p.ctid = free.ctid
  returning p.key
)

select array_agg(t.key order by t.key) from taken as t;
end;
comment on function sync.take_keys(sync.turn, integer, bigint[]) is
'The most urgent keys of a lane become a job''s; returns them, null if there are none.';
