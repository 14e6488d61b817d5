-- The kind catalog, as the engine is told of it. Its keys are groups: what the warehouse shows as one product.
insert into sync.kinds (kind, entity, batch_size, bulk_size, keep, scopes, reads, parts, present, lost) values (
  'catalog', 'product', 25, 2000, 100, '{read_products, write_products, read_publications, write_publications}',
  '{products,images}', 'products', 'products of the warehouse there', 'archived, set to draft or deleted'
);
insert into sync.schedules (name, expression, description) values
('look_at_products', '* * * * *', 'look for what people have changed in products that follow the warehouse');
insert into sync.schedules (name, expression, description, run_kind, args) values
(
  'sync_products', '0 2 * * *', 'read all products that follow the warehouse anew and send what differs',
  'sync_products', '{"full": true, "auto": true}'
);
-- What our own check refuses, before Shopify would, and what a person can do about it.
insert into sync.remedies (topic, remedy, ends) values
(
  'TITLE_MISSING', 'Give the product a title in the warehouse.',
  'when the product is corrected in the warehouse'
),
(
  'TEXT_TOO_LONG', 'Shorten the text in the warehouse, or have the mapping cut it: left(name, 255).',
  'when the product is corrected in the warehouse'
),
(
  'TOO_MANY_TAGS', 'Give the product fewer tags in the warehouse.',
  'when the product is corrected in the warehouse'
),
(
  'CONTROL_CHARACTER',
  'Remove the character in the warehouse, or have the mapping do it: regexp_replace(name, '
  '''[[:cntrl:]]'', '''', ''g'').',
  'when the product is corrected in the warehouse'
),
(
  'UNKNOWN_STATUS', 'Have the mapping say one of ACTIVE, ARCHIVED, DRAFT, UNLISTED.',
  'when the product is corrected in the warehouse'
),
(
  'BAD_PRICE', 'Give the variant an amount that is a number and not below 0 in the warehouse.',
  'when the product is corrected in the warehouse'
),
(
  'BAD_WEIGHT', 'Have the mapping give a number that is not below 0, and kg, g, oz or lb as weight_unit.',
  'when the product is corrected in the warehouse'
),
(
  'UNKNOWN_POLICY', 'Have the mapping say DENY or CONTINUE as inventory_policy.',
  'when the product is corrected in the warehouse'
),
(
  'TOO_MANY_VARIANTS', 'Divide the group: Shopify takes 2,048 variants of a product.',
  'when the product is corrected in the warehouse'
),
(
  'OPTIONS_DIFFER', 'Have the mapping give all rows of a product_group the same options, in the same order.',
  'when the product is corrected in the warehouse'
),
(
  'OPTION_EMPTY', 'Have the mapping give every row of a product_group a name and a value for each option.',
  'when the product is corrected in the warehouse'
),
(
  'DUPLICATE_VARIANT', 'Have the mapping tell the rows of a product_group apart by their options.',
  'when the product is corrected in the warehouse'
),
(
  'NO_PRICE', 'Give the product a price in the warehouse, or map a column to price.',
  'when the product is corrected in the warehouse'
),
(
  'AMBIGUOUS_PRODUCT',
  'Have the mapping group products as the shop does (product_group), or divide the product in Shopify; '
  'then run: shelfwire link',
  'when the product is corrected in the warehouse'
),
(
  'TOO_MANY_IMAGES',
  'Give the product fewer images in the warehouse, or take some of the shop''s own off it in Shopify.',
  'when the product is corrected in the warehouse, or tried again'
),
(
  'BAD_IMAGE', 'Give the image an address in the warehouse that begins with http:// or https://.',
  'when the product is corrected in the warehouse'
),
(
  'BAD_CATEGORY', 'Have the mapping give the category by its number in Shopify''s taxonomy, such as aa-1-2.',
  'when the product is corrected in the warehouse'
),
(
  'UNKNOWN_COLLECTION',
  'Make the collection in Shopify by hand (one with rules of its own takes no products), or correct its handle or '
  'title in the warehouse. All else of the product goes out.',
  'when the collection is there, or the product no longer names it'
),
(
  'IMAGE_FAILED',
  'Correct the address in the warehouse; if it is right and can be reached now: shelfwire refusals retry SKU. All else '
  'of the product goes out.',
  'when Shopify has fetched the image, or the product no longer has it'
),
(
  'HANDLE_NOT_UNIQUE', 'Another product of the shop has this handle: change one of them.',
  'when the product is corrected in the warehouse'
),
(
  'UNUSUAL_PRICE', 'If the price is right: shelfwire refusals retry SKU. If not, correct it in the warehouse.',
  'when somebody tries it again, or the price is corrected in the warehouse'
);
