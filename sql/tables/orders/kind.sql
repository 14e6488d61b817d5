-- The kind orders, as the engine is told of it. Its keys are Shopify's numbers of orders that must be looked at;
-- nothing of the warehouse makes them pending.
insert into sync.kinds (kind, entity, batch_size, keep, scopes, reads, parts, present, lost) values (
  'orders', 'order', 25, 50, '{read_orders}', '{}', 'orders', 'orders that are imported', 'forgotten'
);
insert into sync.remedies (topic, remedy, ends) values
(
  'ORDER_UNREADABLE', 'Look at the order in Shopify; then run: shelfwire refusals retry NUMBER.',
  'when the order is read and applied'
),
(
  'ORDER_NOT_WRITTEN',
  'Correct what the warehouse says of it, or the statements of [orders.write]; then run: '
  'shelfwire refusals retry NUMBER.',
  'when the order is written into the warehouse'
);
