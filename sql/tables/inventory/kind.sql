-- The kind inventory, as the engine is told of it. Falling stock is of the first class of urgency, rising of the
-- second.
insert into sync.kinds (kind, entity, priorities, scopes, parts, present, lost) values (
  'inventory', 'item', '{20, 10}', '{read_inventory, write_inventory, read_locations, read_products}',
  'levels', 'levels in stock', 'set to zero'
);
insert into sync.schedules (name, expression, description) values
('reconcile_inventory', '*/15 * * * *', 'compare every linked level with Shopify and correct what is wrong');
