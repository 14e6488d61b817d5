-- The most urgent keys of a lane become a job's, except those that one of p_others holds. Null: there are none.
create or replace function sync.take_keys(p_turn sync.turn, p_limit integer, p_others bigint[] default '{}')
returns text[]
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with free as (
  select q.ctid from sync.pending as q
  where q.shop_id = (p_turn).shop_id and q.kind = (p_turn).kind and q.lane = (p_turn).lane
    and (q.job_id is null or q.job_id <> all(p_others))
  order by q.urgency, q.since
  limit greatest(p_limit, 0)
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
