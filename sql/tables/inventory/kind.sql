-- The kind inventory, as the engine is told of it.
insert into sync.kinds (kind, entity, scopes, reads, parts, present, lost) values (
  'inventory', 'product', '{read_inventory, write_inventory, read_locations, read_products}',
  '{products,stock}', 'levels', 'levels in stock', 'set to zero'
);
insert into sync.schedules (name, expression, description, run_kind, args) values
(
  'reconcile_inventory', '*/15 * * * *', 'compare every linked level with Shopify and correct what is wrong',
  'reconcile_inventory', '{"auto": true}'
);
