-- The kind catalog, as the engine is told of it. Its keys are groups: what the warehouse shows as one product.
insert into sync.kinds (kind, entity, batch_size, keep, scopes, reads, parts, present, lost) values (
  'catalog', 'product', 25, 100, '{read_products, write_products, read_publications, write_publications}',
  '{products,images}', 'products', 'products of the warehouse there', 'archived, set to draft or deleted'
);
