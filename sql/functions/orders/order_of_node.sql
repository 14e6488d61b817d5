-- An Order of the Admin API in the form in which orders are applied: Shopify's names in snake case, ids as numbers,
-- amounts as {shop, presentment} in Shopify's own spelling, statuses in capitals.
create or replace function sync.order_of_node(p_node jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select jsonb_build_object(
  'order_id', sync.gid_number(p_node ->> 'id'), 'name', p_node ->> 'name',
  'confirmation_number', p_node ->> 'confirmationNumber',
  'email', nullif(p_node ->> 'email', ''), 'phone', nullif(p_node ->> 'phone', ''),
  'po_number', nullif(p_node ->> 'poNumber', ''), 'note', nullif(p_node ->> 'note', ''), 'tags', p_node -> 'tags',
  'is_test', coalesce(p_node -> 'test', 'false'), 'source_name', p_node ->> 'sourceName',
  'locale', p_node ->> 'customerLocale', 'taxes_included', coalesce(p_node -> 'taxesIncluded', 'false'),
  'created_at', p_node ->> 'createdAt', 'processed_at', p_node ->> 'processedAt', 'updated_at', p_node ->> 'updatedAt',
  'closed_at', p_node ->> 'closedAt', 'cancelled_at', p_node ->> 'cancelledAt',
  'cancel_reason', p_node ->> 'cancelReason',
  'currency', p_node ->> 'currencyCode', 'presentment_currency', p_node ->> 'presentmentCurrencyCode',
  'financial_status', p_node ->> 'displayFinancialStatus', 'fulfillment_status', p_node ->> 'displayFulfillmentStatus',
  'gateways', coalesce(p_node -> 'paymentGatewayNames', '[]'),
  'subtotal', sync.money_of(p_node -> 'subtotalPriceSet'), 'total', sync.money_of(p_node -> 'totalPriceSet'),
  'tax', sync.money_of(p_node -> 'totalTaxSet'), 'discounts', sync.money_of(p_node -> 'totalDiscountsSet'),
  'shipping', sync.money_of(p_node -> 'totalShippingPriceSet'),
  'duties', sync.money_of(p_node -> 'originalTotalDutiesSet'),
  'location_id', sync.gid_number(p_node #>> '{retailLocation,id}'),
  'customer', case when jsonb_typeof(p_node -> 'customer') = 'object' then jsonb_build_object(
    'customer_id', sync.gid_number(p_node #>> '{customer,id}'), 'first_name', p_node #>> '{customer,firstName}',
    'last_name', p_node #>> '{customer,lastName}',
    'email', nullif(p_node #>> '{customer,defaultEmailAddress,emailAddress}', ''),
    'phone', nullif(p_node #>> '{customer,defaultPhoneNumber,phoneNumber}', '')
  ) end,
  'shipping_address', sync.address_of(p_node -> 'shippingAddress'),
  'billing_address', sync.address_of(p_node -> 'billingAddress'),
  'attributes', coalesce(p_node -> 'customAttributes', '[]'),
  'discount_codes', coalesce(p_node -> 'discountCodes', '[]'),
  'shipping_lines', coalesce((
    select jsonb_agg(jsonb_build_object(
      'title', s.line ->> 'title', 'code', s.line ->> 'code', 'price', sync.money_of(s.line -> 'originalPriceSet'),
      'discounted_price', sync.money_of(s.line -> 'discountedPriceSet')
    ) order by s.place)
    from jsonb_array_elements(p_node #> '{shippingLines,nodes}') with ordinality as s (line, place)
    where coalesce(s.line -> 'isRemoved', 'false') <> 'true'
  ), '[]'),
  'lines', coalesce((
    select jsonb_agg(jsonb_build_object(
      'line_id', sync.gid_number(l.line ->> 'id'), 'variant_id', sync.gid_number(l.line #>> '{variant,id}'),
      'product_id', sync.gid_number(l.line #>> '{product,id}'), 'sku', nullif(l.line ->> 'sku', ''),
      'title', l.line ->> 'title', 'variant_title', l.line ->> 'variantTitle', 'quantity', l.line -> 'quantity',
      'current_quantity', l.line -> 'currentQuantity', 'is_gift_card', coalesce(l.line -> 'isGiftCard', 'false'),
      'price', sync.money_of(l.line -> 'originalUnitPriceSet'),
      'discounts', coalesce((
        select jsonb_agg(sync.money_of(d.part -> 'allocatedAmountSet') order by d.place)
        from jsonb_array_elements(l.line -> 'discountAllocations') with ordinality as d (part, place)
      ), '[]'),
      'attributes', coalesce(l.line -> 'customAttributes', '[]')
    ) order by l.place)
    from jsonb_array_elements(p_node #> '{lineItems,nodes}') with ordinality as l (line, place)
  ), '[]')
);
end;
comment on function sync.order_of_node(jsonb) is 'An Order of the Admin API in the form in which orders are applied.';
