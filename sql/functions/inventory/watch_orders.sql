-- An alert for each level of which a shop has sent units unbooked (order_unbooked), or that fell without an order that
-- was seen (order_unseen), the first twenty of each, until it is so no more. Runs when a shop is reconciled.
create or replace function sync.watch_orders(p_shop_id bigint) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select sync.renew_alerts('order_unbooked', p_shop_id, jsonb_agg(
  jsonb_build_object(
    'subject', u.subject, 'message', u.message,
    'detail', jsonb_build_object('product_key', u.product_key, 'units', u.units)
  )
  order by u.units desc, u.subject asc
))
from sync.unbooked_orders as u
where u.shop_id = p_shop_id;
select sync.renew_alerts('order_unseen', p_shop_id, jsonb_agg(
  jsonb_build_object(
    'subject', s.subject, 'message', s.message,
    'detail', jsonb_build_object('product_key', s.product_key, 'units', s.units)
  )
  order by s.units desc, s.subject asc
))
from sync.unseen_sales as s
where s.shop_id = p_shop_id;
end;
comment on function sync.watch_orders(bigint) is
'Raise or clear order_unbooked and order_unseen for each level of a shop.';
