-- The body of a webhook of orders/* that carries a whole order, in the form of order_of_node().
create or replace function sync.order_of_payload(p_body jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select jsonb_build_object(
  'order_id', p_body -> 'id', 'name', p_body ->> 'name', 'confirmation_number', p_body ->> 'confirmation_number',
  'email', nullif(p_body ->> 'email', ''), 'phone', nullif(p_body ->> 'phone', ''),
  'po_number', nullif(p_body ->> 'po_number', ''), 'note', nullif(p_body ->> 'note', ''),
  'tags', to_jsonb(array_remove(string_to_array(coalesce(p_body ->> 'tags', ''), ', '), '')),
  'is_test', coalesce(p_body -> 'test', 'false'), 'source_name', p_body ->> 'source_name',
  'locale', p_body ->> 'customer_locale', 'taxes_included', coalesce(p_body -> 'taxes_included', 'false'),
  'created_at', p_body ->> 'created_at', 'processed_at', p_body ->> 'processed_at',
  'updated_at', p_body ->> 'updated_at',
  'closed_at', p_body ->> 'closed_at', 'cancelled_at', p_body ->> 'cancelled_at',
  'cancel_reason', upper(p_body ->> 'cancel_reason'),
  'currency', p_body ->> 'currency', 'presentment_currency', p_body ->> 'presentment_currency',
  'financial_status', upper(p_body ->> 'financial_status'),
  'fulfillment_status', case p_body ->> 'fulfillment_status'
    when 'fulfilled' then 'FULFILLED' when 'partial' then 'PARTIALLY_FULFILLED' when 'restocked' then 'RESTOCKED'
    else 'UNFULFILLED'
  end,
  'gateways', coalesce(p_body -> 'payment_gateway_names', '[]'),
  'subtotal', sync.money_of(p_body -> 'subtotal_price_set'), 'total', sync.money_of(p_body -> 'total_price_set'),
  'tax', sync.money_of(p_body -> 'total_tax_set'), 'discounts', sync.money_of(p_body -> 'total_discounts_set'),
  'shipping', sync.money_of(p_body -> 'total_shipping_price_set'),
  'duties', sync.money_of(p_body -> 'original_total_duties_set'),
  'location_id', p_body -> 'location_id',
  'customer', case when jsonb_typeof(p_body -> 'customer') = 'object' then jsonb_build_object(
    'customer_id', p_body #> '{customer,id}', 'first_name', p_body #>> '{customer,first_name}',
    'last_name', p_body #>> '{customer,last_name}', 'email', nullif(p_body #>> '{customer,email}', ''),
    'phone', nullif(p_body #>> '{customer,phone}', '')
  ) end,
  'shipping_address', sync.address_of(p_body -> 'shipping_address'),
  'billing_address', sync.address_of(p_body -> 'billing_address'),
  'attributes', coalesce((
    select jsonb_agg(jsonb_build_object('key', a.pair ->> 'name', 'value', a.pair ->> 'value') order by a.place)
    from jsonb_array_elements(p_body -> 'note_attributes') with ordinality as a (pair, place)
  ), '[]'),
  'discount_codes', coalesce((
    select jsonb_agg(d.code ->> 'code' order by d.place)
    from jsonb_array_elements(p_body -> 'discount_codes') with ordinality as d (code, place)
  ), '[]'),
  'shipping_lines', coalesce((
    select jsonb_agg(jsonb_build_object(
      'title', s.line ->> 'title', 'code', s.line ->> 'code', 'price', sync.money_of(s.line -> 'price_set'),
      'discounted_price', sync.money_of(coalesce(s.line -> 'discounted_price_set', s.line -> 'price_set'))
    ) order by s.place)
    from jsonb_array_elements(p_body -> 'shipping_lines') with ordinality as s (line, place)
    where coalesce(s.line -> 'is_removed', 'false') <> 'true'
  ), '[]'),
  'lines', coalesce((
    select jsonb_agg(jsonb_build_object(
      'line_id', l.line -> 'id', 'variant_id', l.line -> 'variant_id', 'product_id', l.line -> 'product_id',
      'sku', nullif(l.line ->> 'sku', ''), 'title', l.line ->> 'title', 'variant_title', l.line ->> 'variant_title',
      'quantity', l.line -> 'quantity',
      'current_quantity', coalesce(l.line -> 'current_quantity', l.line -> 'quantity'),
      'is_gift_card', coalesce(l.line -> 'gift_card', 'false'), 'price', sync.money_of(l.line -> 'price_set'),
      'discounts', coalesce((
        select jsonb_agg(sync.money_of(d.part -> 'amount_set') order by d.place)
        from jsonb_array_elements(l.line -> 'discount_allocations') with ordinality as d (part, place)
      ), '[]'),
      'attributes', coalesce((
        select jsonb_agg(jsonb_build_object('key', a.pair ->> 'name', 'value', a.pair ->> 'value') order by a.place)
        from jsonb_array_elements(l.line -> 'properties') with ordinality as a (pair, place)
      ), '[]')
    ) order by l.place)
    from jsonb_array_elements(p_body -> 'line_items') with ordinality as l (line, place)
  ), '[]')
);
end;
comment on function sync.order_of_payload(jsonb) is 'The order that a webhook carries, in the form of order_of_node().';
