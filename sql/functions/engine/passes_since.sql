-- Whether a shop applied a request of the same document, in a call that began after a request had failed: then it is
-- not the shop, nor this mutation, that fails.
create or replace function sync.passes_since(p_request_id bigint) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select count(*) > 0
from (
  select r.shop_id, r.document, r.at from sync.calls as r
  where r.request_id = p_request_id and r.error_class is not null
  order by r.at
  limit 1
) as f
inner join sync.calls as c on f.shop_id = c.shop_id and f.document = c.document
inner join sync.requests as q on c.request_id = q.id
where q.state = 'applied' and c.error_class is null
  and c.at > f.at and c.at - c.milliseconds * interval '1 millisecond' > f.at;
end;
comment on function sync.passes_since(bigint) is
'Whether a shop applied a request of the same document after a request had failed.';
