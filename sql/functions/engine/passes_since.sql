-- Whether a shop took a call of the same document that began after a request had failed: then it is not the shop, nor
-- this mutation, that fails.
create or replace function sync.passes_since(p_request_id bigint) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce((
  select exists (
    select from sync.calls as c
    where c.shop_id = f.shop_id and c.document = f.document and c.request_id is not null
      and c.error_class is null
      and c.at > f.at and c.at - c.milliseconds * interval '1 millisecond' > f.at
  )
  from sync.calls as f
  where f.request_id = p_request_id and f.error_class is not null
  order by f.at
  limit 1
), false);
end;
comment on function sync.passes_since(bigint) is 'Whether a shop took a call of the same document after a request had failed.';
