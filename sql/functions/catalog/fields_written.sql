-- Fields of products and variants that a run has set, with what Shopify showed before; is_last: nothing of ours has set
-- them since. Variants and fields that the run has made, where nothing was before, are left out.
create or replace function sync.fields_written(p_run_id bigint)
returns table (shop_id bigint, group_key text, entity text, key text, field text, before jsonb, is_last boolean)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with written as (
  select
    r.shop_id, r.keys[1] as group_key, w.entity, w.key, f.key as field, max(w.request_id) as request_id,
    (array_agg(w.before -> f.key order by w.request_id))[1] as before
  from sync.field_writes as w
  inner join sync.requests as r on w.request_id = r.id and r.state = 'applied'
  cross join lateral jsonb_object_keys(w.fields) as f (key)
  where w.run_id = p_run_id
  group by r.shop_id, r.keys[1], w.entity, w.key, f.key
)

select
  w.shop_id, w.group_key, w.entity, w.key, w.field, w.before,
  not exists (
    select from sync.field_writes as n
    inner join sync.requests as r on n.request_id = r.id and r.shop_id = w.shop_id and r.state = 'applied'
    where n.request_id > w.request_id and n.entity = w.entity and n.key = w.key and n.fields ? w.field
  )
from written as w
where w.before is not null;
end;
comment on function sync.fields_written(bigint) is 'Fields of products that a run has set, and what they were before.';
