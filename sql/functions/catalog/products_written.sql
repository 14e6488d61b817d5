-- Products that a run has written, with what it has done to each: made, removed, or changed.
create or replace function sync.products_written(p_run_id bigint)
returns table (shop_id bigint, group_key text, is_made boolean, is_removed boolean)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select
  r.shop_id, r.keys[1],
  bool_or(r.variables::jsonb #> '{identifier,customId}' is not null),
  (array_agg(w.fields = '{}' order by r.id desc))[1]
from sync.field_writes as w
inner join sync.requests as r on w.request_id = r.id and r.state = 'applied'
where w.run_id = p_run_id
group by r.shop_id, r.keys[1];
end;
comment on function sync.products_written(bigint) is 'Products that a run has written, and what it has done to each.';
