-- Rows of pending that a bulk operation may push, the most urgent first: in some lane, in no job, of a full pass (the
-- last class) or of a stroke of very many keys (the second half of its class).
create or replace function sync.bulk_keys(p_shop_id bigint, p_kind text, p_lanes integer, p_limit integer)
returns table (row_id tid, key text, lane smallint)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select w.ctid, w.key, w.lane
from (
  select q.ctid, q.key, q.lane, q.urgency, q.since
  from (select r.class, r.class = max(r.class) over () as is_last from sync.priorities as r) as c
  cross join generate_series(0, p_lanes - 1) as n (lane)
  cross join lateral (
    select p.ctid, p.key, p.lane, p.urgency, p.since
    from sync.pending as p
    where p.shop_id = p_shop_id and p.kind = p_kind and p.lane = n.lane
      and p.urgency >= c.class * 1000000 + case when c.is_last then 0 else 500000 end
      and p.urgency < (c.class + 1) * 1000000
      and p.job_id is null
    order by p.urgency, p.since
    limit greatest(p_limit, 0)
  ) as q
) as w
order by w.urgency, w.since
limit greatest(p_limit, 0);
end;
comment on function sync.bulk_keys(bigint, text, integer, integer) is 'Rows of pending that a bulk operation may push.';
