-- Look at the shelf of products that units are owed of, and note by how much it has fallen since it was looked at last:
-- units that were sent unbooked are booked by it; further falls may be bookings of orders that are still open, and are
-- remembered for when those are sent. Runs with every reading and every push. Of a level that another is at nothing is
-- noted: a look that is left out can hide a fall and never makes one up. No two may look at once, or a fall would be
-- counted twice: so the rows are locked, and the shelf read after that. What cannot be read has not fallen.
create or replace function sync.count_shelf(p_shop_id bigint, p_keys text[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[];
  v_items bigint[];
  v_locations bigint[];
begin
  if not sync.owes_units(p_shop_id) then
    return;
  end if;
  select array_agg(o.product_key), array_agg(o.inventory_item_id), array_agg(o.location_id)
  into v_keys, v_items, v_locations
  from (
    select k.product_key, e.inventory_item_id, e.location_id
    from sync.links as k
    join sync.levels as e on e.shop_id = k.shop_id and e.inventory_item_id = k.inventory_item_id
    where k.shop_id = p_shop_id and k.product_key = any (p_keys) and k.state = 'ok'
      and (e.committed > e.committed_counted or e.unbooked > 0)
    for update of e skip locked
  ) as o;
  if v_keys is null or not sync.has_products() then
    return;
  end if;
  update sync.levels as e
  set
    counted = s.counted,
    -- Not cut to what is owed as last seen: a booking may be counted before its order is read.
    fallen = e.fallen + greatest(e.counted - s.counted - e.unbooked, 0),
    unbooked = greatest(e.unbooked - greatest(e.counted - s.counted, 0), 0),
    unbooked_at = case when e.unbooked > coalesce(e.counted - s.counted, 0) then e.unbooked_at end
  from (
    select o.item, o.place, greatest(sync.whole_units(coalesce(sum(r.available), 0)), 0) as counted
    from unnest(v_keys, v_items, v_locations) as o (key, item, place)
    left join (
      select w.product_key collate "C" as key, m.location_id, w.available
      from sync.read_stock(array(select distinct k from unnest(v_keys) as k)) as w
      join sync.shop_locations as m on m.shop_id = p_shop_id and m.location_key = w.location_key
    ) as r on r.key = o.key and r.location_id = o.place
    group by o.item, o.place
  ) as s
  where e.shop_id = p_shop_id and e.inventory_item_id = s.item and e.location_id = s.place
    and e.counted is distinct from s.counted;
exception when sqlstate 'SW007' then
  return;
end $$;
comment on function sync.count_shelf(bigint, text[]) is
'Note by how much the shelf of products that units are owed of has fallen since it was looked at last.';
