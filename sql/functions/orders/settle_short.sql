-- Orders that units are missing of try again, those that were made first: runs each minute. One that fails spoils no
-- other.
create or replace function sync.settle_short(p_shop_id bigint) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
  v_settled integer := 0;
begin
  for v_id in
    select o.order_id from sync.orders as o
    join sync.order_policies as p on p.shop_id = o.shop_id
    where o.shop_id = p_shop_id and o.state = 'short' and p.shortage = 'backorder'
    order by o.created_at, o.order_id
  loop
    begin
      v_settled := v_settled + (sync.settle_order(p_shop_id, v_id) <> 'short')::integer;
    exception when others then
      perform sync.refuse(p_shop_id, 'orders', v_id::text, '', 'ORDER_NOT_WRITTEN', sqlerrm, null, null);
    end;
  end loop;
  return v_settled;
end $$;
comment on function sync.settle_short(bigint) is
'Try again to reserve the units of orders that are short; returns how many have them now.';
