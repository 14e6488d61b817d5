-- Do in the warehouse what an order that has just been applied asks for, by the shop's policy: reserve the units of its
-- lines, give back those that it no longer wants. Products are locked in the order of their keys, so that of two orders
-- for the last unit one waits for the other. Runs again whenever the order is applied, and while it is short.
create or replace function sync.settle_order(p_shop_id bigint, p_order_id bigint) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_policy sync.order_policies;
  v_order sync.orders;
  v_line sync.order_lines;
  v_wanted integer;
  v_state text;
begin
  select p.* into strict v_policy from sync.order_policies as p where p.shop_id = p_shop_id;
  select o.* into strict v_order from sync.orders as o
  where o.shop_id = p_shop_id and o.order_id = p_order_id for update;
  v_state := case
    when v_order.created_at < v_policy.since then 'history'
    when v_order.cancelled_at is not null then 'cancelled'
    when v_order.fulfillment_status = 'FULFILLED' and v_order.state <> 'heard' then 'shipped'
    when v_order.is_test or v_policy.books = 'observe' then 'observed'
    when v_policy.books = 'warehouse' and v_order.state in ('heard', 'waiting') then 'waiting'
    when v_policy.books = 'warehouse' then v_order.state
    else 'reserved'
  end;
  if v_state <> 'history' then
    for v_line in
      select l.* from sync.order_lines as l
      where l.shop_id = p_shop_id and l.order_id = p_order_id and l.product_key is not null
      order by l.product_key, l.line_id
    loop
      v_wanted := case when v_state = 'cancelled' then 0 else v_line.current_quantity end;
      perform sync.move_level(v_line, case when v_state = 'shipped' then 0 else v_wanted end);
      if v_policy.books = 'shelfwire' and v_state not in ('observed', 'shipped')
        and sync.reserve_line(v_line, v_wanted) < v_wanted then
        v_state := 'short';
      end if;
    end loop;
  end if;
  if v_state = 'cancelled' and v_order.state <> 'cancelled' and v_order.order_key is not null then
    perform sync.cancel_order(v_order.order_key);
  end if;
  update sync.orders as o set state = v_state where o.shop_id = p_shop_id and o.order_id = p_order_id;
  return v_state;
end $$;
comment on function sync.settle_order(bigint, bigint) is
'Reserve the units of an order, or give them back, by the shop''s policy; returns its state.';
