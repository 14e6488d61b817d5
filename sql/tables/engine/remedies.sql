create table sync.remedies (
  topic text primary key,
  remedy text not null
);
comment on table sync.remedies is
'What a person can do, in words: about each class of refusal and each alert. %s stands for what remedy() is given.';
insert into sync.remedies (topic, remedy) values
('OTHERWISE', 'Read the message, correct it in Shopify or in the warehouse, then run: shelfwire refusals retry'),
('INTERNAL', 'This is a defect of Shelfwire: report it with the runner''s log, then run: shelfwire refusals retry'),
('INVALID_INVENTORY_ITEM', 'The variant was deleted in Shopify. Run: shelfwire link'),
('INVALID_LOCATION', 'The location was deleted in Shopify. Run: shelfwire shop verify, then shelfwire shop map'),
('INVALID_QUANTITY_NEGATIVE', 'More units are sold than lie on the shelf. Correct the stock in the warehouse.'),
('INVALID_QUANTITY_TOO_HIGH', 'Shopify takes at most 1,000,000,000 units. Correct the stock in the warehouse.'),
('INVALID_QUANTITY_TOO_LOW', 'Shopify takes at least -1,000,000,000 units. Correct the stock in the warehouse.'),
('NON_MUTABLE_INVENTORY_ITEM', 'The variant is a bundle, whose stock Shopify computes. Give its SKU to no product.');
