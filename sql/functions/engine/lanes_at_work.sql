-- Lanes of some kinds in which a job is under way, which may have a request in flight.
create or replace function sync.lanes_at_work(p_shop_id bigint, p_kinds text[]) returns integer
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select count(*)::integer
from sync.lanes as l
inner join pgqueuer.pgqueuer as j on l.job_id = j.id and j.status = 'picked'
where l.shop_id = p_shop_id and l.kind = any(p_kinds);
end;
comment on function sync.lanes_at_work(bigint, text[]) is
'How many lanes of some kinds of a shop have a job under way, which may have a request in flight.';
