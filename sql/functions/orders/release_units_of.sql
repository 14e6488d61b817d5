-- Give back units that a line has reserved, those reserved last first.
create or replace function sync.release_units_of(p_line sync.order_lines, p_units integer) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_left integer := p_units;
  v_one sync.reservations;
  v_less integer;
begin
  for v_one in
    select r.* from sync.reservations as r
    where r.shop_id = p_line.shop_id and r.order_id = p_line.order_id and r.line_id = p_line.line_id
    order by r.reserved_at desc, r.location_key
    for update
  loop
    exit when v_left = 0;
    v_less := least(v_left, v_one.units);
    if v_one.is_written then
      perform sync.release_units(
        (select o.order_key from sync.orders as o where o.shop_id = p_line.shop_id and o.order_id = p_line.order_id),
        p_line.line_key, p_line.product_key, v_one.location_key, v_less,
        v_one.unit_keys[v_one.units - v_less + 1:]
      );
    end if;
    if v_less = v_one.units then
      delete from sync.reservations as r
      where r.shop_id = v_one.shop_id and r.order_id = v_one.order_id and r.line_id = v_one.line_id
        and r.location_key = v_one.location_key;
    else
      update sync.reservations as r
      set units = r.units - v_less, unit_keys = r.unit_keys[1:r.units - v_less]
      where r.shop_id = v_one.shop_id and r.order_id = v_one.order_id and r.line_id = v_one.line_id
        and r.location_key = v_one.location_key;
    end if;
    v_left := v_left - v_less;
  end loop;
end $$;
comment on function sync.release_units_of(sync.order_lines, integer) is 'Give back units that a line of an order has reserved.';
