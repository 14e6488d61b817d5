-- Products of a shop that are to be read before some are adopted by their handles, or as our own of before: their
-- variants' options tell which is which.
create or replace function sync.adoptable_products(p_shop_id bigint) returns bigint[]
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select array(
  select distinct v.product_id
  from sync.catalogs as c
  cross join lateral sync.read_catalog(null) as r
  inner join sync.variants as v on c.shop_id = v.shop_id and (
    v.custom_id = r.group_key or (c.adopt_by = 'handle' and v.handle = lower(btrim(r.fields ->> 'handle')))
  )
  where c.shop_id = p_shop_id and v.options is null and not exists (
    select from sync.product_links as l
    where l.shop_id = c.shop_id and l.product_id is not null
      and (l.group_key = r.group_key or l.product_id = v.product_id)
  )
  order by 1
);
end;
comment on function sync.adoptable_products(bigint) is
'Products of a shop that are to be read before some are adopted by their handles.';
