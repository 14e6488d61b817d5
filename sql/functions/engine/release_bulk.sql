-- Keys that changed again while a bulk operation pushed them go back to their lanes, once it is done with them; for a
-- turn in the lane of bulk operations.
create or replace function sync.release_bulk(p_turn sync.turn) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.pending as p
set lane = sync.lane_of(p.key, k.lanes)
from sync.kinds as k
where k.kind = (p_turn).kind
  and p.ctid = any(array(
    select q.ctid from sync.pending as q
    where q.shop_id = (p_turn).shop_id and q.kind = (p_turn).kind and q.lane = (p_turn).lane and q.job_id is null
      and not exists (
        select from sync.requests as r
        where r.shop_id = q.shop_id and r.kind = q.kind and r.lane = q.lane and r.state = 'open' and q.key = any(r.keys)
      )
    order by q.key  -- one order everywhere: no deadlock with mark_keys()
    for update
  ));
end;
comment on function sync.release_bulk(sync.turn) is
'Keys that changed again while a bulk operation pushed them go back to their lanes.';
