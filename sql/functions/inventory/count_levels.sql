-- What the guard of inventory compares with: a shop's levels that are ours, and those in stock.
-- What departs is among them as long as it is in stock.
create or replace function sync.count_levels(p_shop_id bigint)
returns table (levels bigint, in_stock bigint)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select count(*), count(*) filter (where e.available > 0)
from sync.linked_items as k
inner join sync.levels as e on k.shop_id = e.shop_id and k.inventory_item_id = e.inventory_item_id
where k.shop_id = p_shop_id;
end;
comment on function sync.count_levels(bigint) is 'How many linked levels a shop has, and how many of them are in stock.';
