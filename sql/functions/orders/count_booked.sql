-- The warehouse counts a line's units as reserved now: they are no longer on the shelf, so they are not to be held back
-- from what is counted there.
create or replace function sync.count_booked(p_line sync.order_lines, p_booked integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_line sync.order_lines;
  v_new integer;
begin
  select l.* into strict v_line from sync.order_lines as l
  where l.shop_id = p_line.shop_id and l.order_id = p_line.order_id and l.line_id = p_line.line_id for update;
  v_new := least(p_booked, v_line.owed) - v_line.booked;
  if v_new > 0 then
    update sync.levels as e
    set committed_counted = least(e.committed_counted + v_new, e.committed), counted = e.counted - v_new
    where e.shop_id = v_line.shop_id and e.inventory_item_id = v_line.inventory_item_id
      and e.location_id = v_line.location_id;
  end if;
  update sync.order_lines as l set booked = least(p_booked, l.owed)
  where l.shop_id = p_line.shop_id and l.order_id = p_line.order_id and l.line_id = p_line.line_id
    and l.booked <> least(p_booked, l.owed);
end $$;
comment on function sync.count_booked(sync.order_lines, integer) is
'Note that the warehouse counts units of a line as reserved.';
