-- Import the orders of a shop from now on, or change what becomes of them; null leaves a choice as it is.
create or replace function sync.set_order_policy(
  p_shop_id bigint, p_books text default null, p_shortage text default null, p_since timestamptz default null
)
returns sync.order_policies
language sql
set search_path = pg_catalog, pg_temp
begin atomic
insert into sync.order_policies as p (shop_id, books, shortage, since)
values (
  p_shop_id, coalesce(p_books, 'shelfwire'), coalesce(p_shortage, 'backorder'), coalesce(p_since, clock_timestamp())
)
on conflict (shop_id) do update
set
  books = coalesce(p_books, p.books), shortage = coalesce(p_shortage, p.shortage), since = coalesce(p_since, p.since)
returning p;
end;
comment on function sync.set_order_policy(bigint, text, text, timestamptz) is
'Import the orders of a shop, or change what becomes of them.';
