-- A webhook tells of an order: it is to be looked at. Where the body carries the whole order, that is kept for it,
-- unless something newer is. Returns false: the body names no order.
create or replace function sync.hear_order(p_shop_id bigint, p_topic text, p_body jsonb) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_whole boolean := p_topic in (
    'orders/create', 'orders/updated', 'orders/paid', 'orders/cancelled', 'orders/fulfilled', 'orders/partially_fulfilled'
  );
  v_id bigint := coalesce(p_body ->> 'order_id', p_body #>> '{order_edit,order_id}', p_body ->> 'id')::bigint;
begin
  if v_id is null then
    return false;
  end if;
  if not sync.is_followed('orders', p_shop_id) then
    return true;
  end if;
  insert into sync.heard_orders as h (shop_id, order_id, topic, heard, updated_at)
  values (
    p_shop_id, v_id, p_topic, case when v_is_whole then sync.order_of_payload(p_body) end,
    case when v_is_whole then (p_body ->> 'updated_at')::timestamptz end
  )
  on conflict (shop_id, order_id) do update
  set topic = excluded.topic, heard = excluded.heard, updated_at = excluded.updated_at, heard_at = excluded.heard_at
  -- Something has happened to it: whether a whole state knows of that only reading tells.
  where h.heard is not null and (excluded.heard is null or excluded.updated_at >= h.updated_at);
  perform sync.mark_orders(p_shop_id, array[v_id]);
  return true;
end $$;
comment on function sync.hear_order(bigint, text, jsonb) is 'A webhook tells of an order, which is to be looked at.';
