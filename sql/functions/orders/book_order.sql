-- The warehouse says that it has booked an order of ours itself: in the transaction in which its own rows say so, or
-- after it. From then on its shelf is believed.
create or replace function sync.book_order(p_shop text, p_order_id bigint, p_order_key text default null) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_line sync.order_lines;
  v_shop bigint;
begin
  select h.id into v_shop from sync.shops as h where h.domain = p_shop;
  perform from sync.orders as o where o.shop_id = v_shop and o.order_id = p_order_id for update;
  if not found then
    raise exception 'There is no order % of %.', p_order_id, p_shop;
  end if;
  for v_line in
    select l.* from sync.order_lines as l
    where l.shop_id = v_shop and l.order_id = p_order_id and l.product_key is not null
    order by l.product_key, l.line_id
  loop
    perform sync.count_booked(v_line, v_line.owed);
  end loop;
  update sync.orders as o
  set state = 'reserved', order_key = coalesce(p_order_key, o.order_key)
  where o.shop_id = v_shop and o.order_id = p_order_id and o.state in ('waiting', 'short');
  return 'reserved';
end $$;
comment on function sync.book_order(text, bigint, text) is 'The warehouse has booked an order of a shop itself.';
