-- What the guard of the catalogue compares with: products of a shop that are the warehouse's, and those that it shows.
create or replace function sync.count_products(p_shop_id bigint)
returns table (products bigint, present bigint)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select count(*), count(*) filter (where k.state = 'ok') from sync.product_links as k
where k.shop_id = p_shop_id and k.product_id is not null;
end;
comment on function sync.count_products(bigint) is 'How many products of a shop are ours, and how many of them are there to be seen.';
