-- An order that Shopify holds has lowered its level already. Where the level as last seen does not show that yet, it is
-- moved with the order: the warehouse then counts what Shopify offers, and nothing is to be pushed. What a level
-- shows of orders that were not imported may be this one: if it was another, that one moves the level when it comes, or
-- the next compare-and-set is refused and looks. What is wanted less is seen when the level is read.
create or replace function sync.move_level(p_line sync.order_lines, p_wanted integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_location bigint := p_line.location_id;
  v_new integer := p_wanted - p_line.owed;
begin
  if v_location is null then
    -- Where it is stocked at one place only, that is it.
    select min(e.location_id) into v_location from sync.levels as e
    where e.shop_id = p_line.shop_id and e.inventory_item_id = p_line.inventory_item_id
    having count(*) = 1;
  end if;
  if v_new > 0 and v_location is not null then
    update sync.levels as e
    set
      available = e.available - n.moved, committed = e.committed + n.moved
    from (
      select
        l.location_id,
        v_new - least(v_new, greatest(l.committed - l.committed_counted - coalesce((
          select sum(o.owed - o.booked) from sync.order_lines as o
          where o.shop_id = l.shop_id and o.inventory_item_id = l.inventory_item_id and o.location_id = l.location_id
            and o.owed > 0
        ), 0), 0))::integer as moved
      from sync.levels as l
      where l.shop_id = p_line.shop_id and l.inventory_item_id = p_line.inventory_item_id and l.location_id = v_location
      for update
    ) as n
    where e.shop_id = p_line.shop_id and e.inventory_item_id = p_line.inventory_item_id
      and e.location_id = n.location_id;
  end if;
  update sync.order_lines as o
  set owed = p_wanted, booked = least(o.booked, p_wanted), location_id = v_location
  where o.shop_id = p_line.shop_id and o.order_id = p_line.order_id and o.line_id = p_line.line_id
    and (o.owed, o.location_id) is distinct from (p_wanted, v_location);
end $$;
comment on function sync.move_level(sync.order_lines, integer) is
'Move the level that an order''s line has lowered at Shopify, unless it was seen so.';
