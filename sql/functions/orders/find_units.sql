-- Units for a line: reserved by the mapping's statement, or, where it has none, those that the warehouse counts and no
-- line has reserved here, place by place in the order given.
create or replace function sync.find_units(p_line sync.order_lines, p_line_key text, p_places text[], p_units integer)
returns table (location_key text, units integer, unit_key text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_order_key text;
begin
  if sync.can_write_orders() then
    select o.order_key into v_order_key from sync.orders as o
    where o.shop_id = p_line.shop_id and o.order_id = p_line.order_id;
    for location_key, units, unit_key in
      select f.location_key, f.units, f.unit_key
      from sync.reserve_units(v_order_key, p_line_key, p_line.product_key, p_places, p_units) as f
    loop
      if unit_key is not null then
        perform sync.write_unit(v_order_key, p_line_key, p_line.product_key, unit_key, p_line.price);
      end if;
      return next;
    end loop;
    return;
  end if;
  return query
  with free as (
    select p.key, p.place, greatest(sync.whole_units(sum(s.available)), 0) - coalesce((
      select sum(r.units) from sync.reservations as r
      where r.product_key = p_line.product_key and r.location_key = p.key and not r.is_written
    ), 0) as units
    from sync.read_stock(array[p_line.product_key]) as s
    join unnest(p_places) with ordinality as p (key, place) on p.key = s.location_key
    group by p.key, p.place
  ),

  filled as (
    select f.key, f.units, sum(f.units) over (order by f.place) - f.units as before
    from free as f
    where f.units > 0
  )

  select f.key, least(f.units, p_units - f.before)::integer, null::text
  from filled as f
  where f.before < p_units;
end $$;
comment on function sync.find_units(sync.order_lines, text, text[], integer) is
'Units of the warehouse for a line of an order, by place.';
