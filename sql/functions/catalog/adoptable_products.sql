-- Products of a shop that are to be read before some are adopted by their handles, or as our own of before: their
-- variants' options tell which is which.
create or replace function sync.adoptable_products(p_shop_id bigint) returns bigint[]
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with unread as not materialized (
  select v.product_id, v.custom_id, v.handle
  from sync.variants as v
  where v.shop_id = p_shop_id and v.options is null and not exists (
    select from sync.product_links as l where l.shop_id = p_shop_id and l.product_id = v.product_id
  )
),

wanted as materialized (
  select distinct r.group_key, lower(btrim(r.fields ->> 'handle')) as handle, c.adopt_by
  from sync.catalogs as c
  cross join lateral sync.read_catalog(null) as r
  where c.shop_id = p_shop_id and not exists (
    select from sync.product_links as l
    where l.shop_id = p_shop_id and l.group_key = r.group_key and l.product_id is not null
  )
)

select array(
  select u.product_id
  from wanted as w
  inner join unread as u on w.group_key = u.custom_id
  union
  select u.product_id
  from wanted as w
  inner join unread as u on w.handle = u.handle
  where w.adopt_by = 'handle'
  order by 1
);
end;
comment on function sync.adoptable_products(bigint) is
'Products of a shop that are to be read before some are adopted by their handles.';
