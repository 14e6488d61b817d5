-- The key of an order in the warehouse: written there by the statements of the mapping, once, with its customer.
create or replace function sync.book_in_warehouse(p_shop_id bigint, p_order_id bigint) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_order sync.orders;
begin
  select o.* into strict v_order from sync.orders as o
  where o.shop_id = p_shop_id and o.order_id = p_order_id for update;
  if v_order.order_key is null then
    v_order.customer_key := sync.customer_of(v_order);
    select w into v_order.order_key
    from sync.write_order(
      v_order.customer_key, v_order.name, v_order.created_at, v_order.currency, v_order.total,
      v_order.details || jsonb_build_object('name', v_order.name, 'order_id', v_order.order_id)
    ) as w
    limit 1;
    if v_order.order_key is null then
      raise exception 'The statement for an order has given no key.';
    end if;
    update sync.orders as o set order_key = v_order.order_key, customer_key = v_order.customer_key
    where o.shop_id = p_shop_id and o.order_id = p_order_id;
  end if;
  return v_order.order_key;
end $$;
comment on function sync.book_in_warehouse(bigint, bigint) is 'The key of an order in the warehouse, written there if it is not.';
