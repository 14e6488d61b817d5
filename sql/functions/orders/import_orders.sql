-- Apply orders ([{order_id, order, source, why}], in the form of order_of_node()), each by itself: one that cannot be
-- applied is refused with its reason and spoils no other. Returns those that were refused.
create or replace function sync.import_orders(p_turn sync.turn, p_orders jsonb) returns bigint[]
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_one jsonb;
  v_refused bigint[] := '{}';
  v_id bigint;
begin
  for v_one in select o from jsonb_array_elements(p_orders) as o order by (o ->> 'order_id')::bigint loop
    v_id := (v_one ->> 'order_id')::bigint;
    begin
      perform sync.apply_order((p_turn).shop_id, v_one -> 'order', v_one ->> 'source', v_one ->> 'why');
      delete from sync.refusals as f
      where f.shop_id = (p_turn).shop_id and f.kind = 'orders' and f.key = v_id::text;
      delete from sync.heard_orders as h
      where h.shop_id = (p_turn).shop_id and h.order_id = v_id
        and (h.updated_at is null or h.updated_at <= (v_one #>> '{order,updated_at}')::timestamptz);
    exception
      -- It is nobody's fault, and passes.
      when lock_not_available or query_canceled or serialization_failure or deadlock_detected
        or insufficient_resources or operator_intervention then
        raise;
      when others then
        perform sync.refuse(
          (p_turn).shop_id, 'orders', v_id::text, '',
          case when sqlstate like '22%' or sqlstate = '23502' then 'ORDER_UNREADABLE' else 'ORDER_NOT_WRITTEN' end,
          sqlerrm, (p_turn).job_id, null
        );
        v_refused := v_refused || v_id;
    end;
  end loop;
  return v_refused;
end $$;
comment on function sync.import_orders(sync.turn, jsonb) is
'Apply orders, each by itself; returns those that were refused.';
