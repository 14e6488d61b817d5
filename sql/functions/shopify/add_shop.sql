-- Add a shop with its lanes, its budget and its guard; p_secret is encrypted already. It begins in mode monitor.
create or replace function sync.add_shop(
  p_domain text, p_url text, p_grant_type text, p_client_id text, p_secret bytea
)
returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with shop as (
  insert into sync.shops (domain, url, grant_type, client_id, secret)
  values (p_domain, p_url, p_grant_type, p_client_id, p_secret)
  returning id
),

laned as (
  insert into sync.lanes (shop_id, kind, lane)
  select shop.id, 'inventory', n.lane from shop cross join generate_series(0, 3) as n (lane)
),

budgeted as (
  -- Until the first answer tells: the smallest bucket Shopify is known to give.
  insert into sync.budgets (shop_id, capacity, restore_rate, level)
  select shop.id, 1000, 50, 1000 from shop
),

guarded as (
  insert into sync.guards (shop_id) select shop.id from shop
)

select id from shop;
end;
comment on function sync.add_shop(text, text, text, text, bytea) is 'Add a shop with its lanes and its budget; returns its id.';
