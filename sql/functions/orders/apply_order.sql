-- Apply what Shopify says of an order, in the form of order_of_node(): the order with its lines, and its units
-- reserved, in one transaction. Older state never overwrites newer; the same once more changes nothing. Two that apply
-- one order wait for each other. Returns applied, older, or ignored: the shop's orders are not imported.
create or replace function sync.apply_order(p_shop_id bigint, p_order jsonb, p_source text, p_why text) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint := (p_order ->> 'order_id')::bigint;
begin
  if not sync.is_followed('orders', p_shop_id) then
    return 'ignored';
  end if;
  insert into sync.orders as o (
    shop_id, order_id, name, created_at, updated_at, cancelled_at, financial_status, fulfillment_status, source_name,
    is_test, currency, presentment_currency, total, presentment_total, difference, customer_id, details, source, why
  )
  values (
    p_shop_id, v_id, p_order ->> 'name', (p_order ->> 'created_at')::timestamptz, (p_order ->> 'updated_at')::timestamptz,
    (p_order ->> 'cancelled_at')::timestamptz, p_order ->> 'financial_status', p_order ->> 'fulfillment_status',
    p_order ->> 'source_name', (p_order ->> 'is_test')::boolean, p_order ->> 'currency', p_order ->> 'presentment_currency',
    (p_order #>> '{total,shop}')::numeric, (p_order #>> '{total,presentment}')::numeric, sync.order_difference(p_order),
    (p_order #>> '{customer,customer_id}')::bigint, p_order - '{order_id,name,lines}'::text[], p_source, p_why
  )
  on conflict (shop_id, order_id) do update
  set
    name = excluded.name, created_at = excluded.created_at, updated_at = excluded.updated_at,
    cancelled_at = excluded.cancelled_at, financial_status = excluded.financial_status,
    fulfillment_status = excluded.fulfillment_status, source_name = excluded.source_name, is_test = excluded.is_test,
    currency = excluded.currency, presentment_currency = excluded.presentment_currency, total = excluded.total,
    presentment_total = excluded.presentment_total, difference = excluded.difference, customer_id = excluded.customer_id,
    details = excluded.details, source = excluded.source, why = excluded.why, applied_at = clock_timestamp()
  where o.updated_at <= excluded.updated_at;
  if not found then
    return 'older';
  end if;

  insert into sync.order_lines as l (
    shop_id, order_id, line_id, place, variant_id, sku, title, quantity, current_quantity, price, presentment_price,
    discount, location_id, product_key, inventory_item_id, flag, details
  )
  select
    p_shop_id, v_id, (n.line ->> 'line_id')::bigint, n.place, (n.line ->> 'variant_id')::bigint, n.line ->> 'sku',
    n.line ->> 'title', (n.line ->> 'quantity')::integer, (n.line ->> 'current_quantity')::integer,
    (n.line #>> '{price,shop}')::numeric, (n.line #>> '{price,presentment}')::numeric,
    (select coalesce(sum((d ->> 'shop')::numeric), 0) from jsonb_array_elements(n.line -> 'discounts') as d),
    (p_order ->> 'location_id')::bigint, k.product_key, coalesce(k.inventory_item_id, v.inventory_item_id),
    case
      when (n.line ->> 'is_gift_card')::boolean then 'GIFT_CARD'
      when n.line ->> 'variant_id' is null then 'NO_VARIANT'
      when k.product_key is null then 'UNLINKED'
    end,
    n.line
  from jsonb_array_elements(p_order -> 'lines') with ordinality as n (line, place)
  left join sync.variants as v on v.shop_id = p_shop_id and v.variant_id = (n.line ->> 'variant_id')::bigint
  left join sync.links as k
    on k.shop_id = p_shop_id and k.variant_id = (n.line ->> 'variant_id')::bigint and k.state = 'ok'
  order by 3
  on conflict (shop_id, order_id, line_id) do update
  set
    place = excluded.place, quantity = excluded.quantity, current_quantity = excluded.current_quantity,
    price = excluded.price, presentment_price = excluded.presentment_price, discount = excluded.discount,
    title = excluded.title, sku = excluded.sku, location_id = coalesce(l.location_id, excluded.location_id),
    -- What a line is does not change once it is known, whatever becomes of the variant.
    variant_id = coalesce(l.variant_id, excluded.variant_id),
    product_key = coalesce(l.product_key, excluded.product_key),
    inventory_item_id = coalesce(l.inventory_item_id, excluded.inventory_item_id),
    flag = case when l.product_key is null then excluded.flag end,
    details = excluded.details;
  perform sync.settle_order(p_shop_id, v_id);
  perform sync.notify_listeners('sync_orders', v_id::text);
  return 'applied';
end $$;
comment on function sync.apply_order(bigint, jsonb, text, text) is
'Apply what Shopify says of an order, and reserve its units; returns applied, older or ignored.';
