-- Lines of orders: what was sold, what it is in the warehouse, and how much of it is reserved where.
create or replace view sync.order_line_status as
select
  h.domain as shop,
  o.name as order_name,
  l.order_id,
  l.line_id,
  l.place,
  l.sku,
  l.title,
  l.quantity,
  l.current_quantity,
  l.price,
  l.discount,
  l.product_key,
  l.flag,
  coalesce(r.units, 0) as reserved,
  r.places,
  l.shop_id
from sync.order_lines as l
inner join sync.orders as o on l.shop_id = o.shop_id and l.order_id = o.order_id
inner join sync.shops as h on l.shop_id = h.id
left join lateral (
  select
    sum(v.units) as units,
    string_agg(format('%s at %s', v.units, v.location_key), ', ' order by v.location_key) as places
  from sync.reservations as v
  where v.shop_id = l.shop_id and v.order_id = l.order_id and v.line_id = l.line_id
) as r on true;
comment on view sync.order_line_status is 'Lines of orders: what each is in the warehouse, and how much is reserved where.';
