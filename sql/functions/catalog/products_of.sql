-- The products of Shopify that a stored request is about: none, if it makes one.
create or replace function sync.products_of(p_request_id bigint) returns bigint[]
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select array(
  select k.product_id
  from sync.requests as r
  inner join sync.product_links as k on r.shop_id = k.shop_id and k.group_key = any(r.keys)
  where r.id = p_request_id and k.product_id is not null
);
end;
comment on function sync.products_of(bigint) is 'The products of Shopify that a stored request is about.';
