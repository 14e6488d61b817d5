-- Reserve units of the warehouse until a line has as many as it wants, or give back what is too many. Where the mapping
-- writes orders, its own statements do it, and the warehouse counts fewer at once; the level knows that, so nothing is
-- pushed. Else the reservation is ours alone. Returns how many the line has.
create or replace function sync.reserve_line(p_line sync.order_lines, p_wanted integer) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_has integer;
  v_places text[];
  v_is_written boolean := sync.can_write_orders();
  v_order_key text;
  v_line_key text := p_line.line_key;
begin
  select coalesce(sum(r.units), 0) into v_has from sync.reservations as r
  where r.shop_id = p_line.shop_id and r.order_id = p_line.order_id and r.line_id = p_line.line_id;
  if v_is_written and p_wanted > 0 and v_line_key is null then
    v_order_key := sync.book_in_warehouse(p_line.shop_id, p_line.order_id);
    select w into v_line_key
    from sync.write_order_line(
      v_order_key, p_line.product_key, p_line.current_quantity, p_line.price, p_line.details
    ) as w
    limit 1;
    -- Where lines are no rows of the warehouse, the order's key stands for them.
    v_line_key := coalesce(v_line_key, v_order_key);
    update sync.order_lines as l set line_key = v_line_key
    where l.shop_id = p_line.shop_id and l.order_id = p_line.order_id and l.line_id = p_line.line_id;
  end if;
  if v_has = p_wanted then
    return v_has;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('shelfwire.reserve ' || p_line.product_key, 0));
  if p_wanted > v_has then
    -- The order's own location first, then by number.
    v_places := array(
      select m.location_key from sync.shop_locations as m
      where m.shop_id = p_line.shop_id and m.location_id is not null
      order by m.location_id is distinct from p_line.location_id, m.location_id, m.location_key
    );
    insert into sync.reservations as r (
      shop_id, order_id, line_id, location_key, product_key, units, is_written, unit_keys
    )
    select
      p_line.shop_id, p_line.order_id, p_line.line_id, f.location_key, p_line.product_key, sum(f.units), v_is_written,
      coalesce(array_agg(f.unit_key) filter (where f.unit_key is not null), '{}')
    from sync.find_units(p_line, v_line_key, v_places, p_wanted - v_has) as f
    group by f.location_key
    on conflict (shop_id, order_id, line_id, location_key) do update
    set units = r.units + excluded.units, unit_keys = r.unit_keys || excluded.unit_keys, reserved_at = clock_timestamp();
  else
    perform sync.release_units_of(p_line, v_has - p_wanted);
  end if;
  select coalesce(sum(r.units), 0) into v_has from sync.reservations as r
  where r.shop_id = p_line.shop_id and r.order_id = p_line.order_id and r.line_id = p_line.line_id;
  if v_is_written then
    perform sync.count_booked(p_line, v_has);
  else
    -- Shelves are shared: what this shop has sold no other may offer.
    perform sync.follow_shop(h.id, 'product', array[p_line.product_key], array[clock_timestamp()], '{stock}', 1)
    from sync.shops as h
    where h.id <> p_line.shop_id and h.linked_at is not null;
  end if;
  return v_has;
end $$;
comment on function sync.reserve_line(sync.order_lines, integer) is
'Reserve units for a line of an order, or give some back; returns how many it has.';
