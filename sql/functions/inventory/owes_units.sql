-- Whether a shop has orders open, or units sent unbooked, at any level: asked with every push and every reading, and
-- mostly no. The planner takes both to be true of a third of all levels, and would read them all for the first; the
-- index that has only those is the only one that can be read alone.
create or replace function sync.owes_units(p_shop_id bigint) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_indexscan = off
set enable_bitmapscan = off
begin atomic
select count(*) > 0
from (
  select from sync.levels as e
  where e.shop_id = p_shop_id and (e.committed > e.committed_counted or e.unbooked > 0)
  order by e.shop_id
  limit 1
) as o;
end;
comment on function sync.owes_units(bigint) is 'Whether a shop has orders open, or units sent unbooked, at any level.';
