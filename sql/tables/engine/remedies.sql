create table sync.remedies (
  topic text primary key,
  remedy text not null
);
comment on table sync.remedies is
'What a person can do, in words: about each class of refusal and each alert. %s stands for what remedy() is given; '
'of an alert that is its shop, then its subject.';
insert into sync.remedies (topic, remedy) values
('OTHERWISE', 'Read the message, correct it in Shopify or in the warehouse, then run: shelfwire refusals retry SKU'),
('INTERNAL', 'This is a defect of Shelfwire: report it with the runner''s log, then run: shelfwire refusals retry SKU'),
('INVALID_INVENTORY_ITEM', 'The variant was deleted in Shopify. Run: shelfwire link'),
(
  'INVALID_LOCATION',
  'The location was deleted in Shopify. Run: shelfwire shop verify DOMAIN, then shelfwire shop map DOMAIN'
),
('INVALID_QUANTITY_NEGATIVE', 'More units are sold than lie on the shelf. Correct the stock in the warehouse.'),
('INVALID_QUANTITY_TOO_HIGH', 'Shopify takes at most 1,000,000,000 units. Correct the stock in the warehouse.'),
('INVALID_QUANTITY_TOO_LOW', 'Shopify takes at least -1,000,000,000 units. Correct the stock in the warehouse.'),
('NON_MUTABLE_INVENTORY_ITEM', 'The variant is a bundle, whose stock Shopify computes. Give its SKU to no product.'),
('LINK_AMBIGUOUS', 'Give the product and its Shopify variant one SKU that nothing else has, then run: shelfwire link'),
('LINK_BROKEN', 'Give the product and its Shopify variant one SKU that nothing else has, then run: shelfwire link'),
('UNLINKED_STOCK', 'Set its quantity in the Shopify admin, or give a product its SKU and run: shelfwire link'),
(
  'UNKNOWN_PRODUCT',
  'Its product is missing in [products] of the mapping, or has another key there. Run: shelfwire attach --check'
),
(
  'NEGATIVE_STOCK',
  'It is taken off what else is shown with it, and less than 0 is never shown. Correct the stock in the warehouse.'
),
(
  'UNCOUNTED_STOCK',
  'It counts as 0. Say in [stock] of the mapping what is meant, for example with coalesce(), or correct the stock.'
),
('EXCESSIVE_STOCK', 'Shopify takes at most 1,000,000,000 units, which is shown. Correct the stock in the warehouse.'),
('UNMAPPED_LOCATION', 'Run: shelfwire shop map %s ''%s=LOCATION'' (or =none to keep this stock out of the shop)'),
('UNTRACKED', 'In the Shopify admin open the variant, switch on "Track quantity", then run: shelfwire link'),
('api_deprecated', 'Use a newer release of Shelfwire before Shopify takes it away.'),
('api_version', 'Use a release of Shelfwire for that version: this one does not know what changed.'),
('circuit_open', 'It is tried again by itself. To see whether it is back, run: shelfwire shop verify %s'),
(
  'document_refused',
  'Nothing is lost, and it is tried again by itself. If the app lacks a right, grant it; otherwise use a release of '
  'Shelfwire for what Shopify speaks now.'
),
(
  'corrections_rising',
  'Something makes the shop wrong again and again. Run: shelfwire discrepancies. Foreign edits: find out what else '
  'writes stock. Missed changes: run shelfwire doctor.'
),
('guard_held', 'Run: shelfwire guard show, and if it is right: shelfwire guard release %s --kind %s'),
(
  'mapping_broken',
  'Correct the mapping file or the warehouse, see it with shelfwire attach --check, then run: shelfwire attach'
),
('capture_gap', 'Run: shelfwire attach: it watches the table as it is now, and looks at everything once.'),
('oldest_pending', 'Run: shelfwire doctor, and shelfwire pending for the oldest.'),
('refusals_open', 'Run: shelfwire refusals list'),
('run_failed', 'Remove the cause; it runs again by itself. To see its state: shelfwire schedules list'),
(
  'order_unbooked',
  'In the warehouse book the units that %s has sent: the alert ends with the next reading. If they are booked already, '
  'it ends by itself after a day. To see the numbers of %s, run: shelfwire why SKU'
),
(
  'order_unseen',
  'Look in the Shopify admin of %s at the history of %s: if the units were ordered and sent, book them in the '
  'warehouse; if somebody typed a number, nothing is to be done. The alert ends after a day.'
),
(
  'unmapped_location',
  'Run: shelfwire shop map %s ''%s=LOCATION'', where LOCATION is a number or a name of the shop''s, or none to keep '
  'this stock out of the shop'
);
