create table sync.remedies (
  topic text primary key,
  remedy text not null,
  ends text
);
comment on table sync.remedies is
'What a person can do, in words: about each class of refusal and each alert. %s stands for what remedy() is given; '
'of an alert that is its shop, then its subject.';
comment on column sync.remedies.ends is 'Of a class of refusal: when it ends by itself.';
-- Reconciling reads a shop whole every 15 minutes, follows its variants and locations, sends again what is still wrong
-- (compare_inventory) and ends what has nothing left to send (end_refusals).
insert into sync.remedies (topic, remedy, ends) values
(
  'CHECK_FAILED', 'Correct the row of this name in sync.integrity_checks, or switch it off there.',
  'when the check runs, or is switched off'
),
(
  'OTHERWISE', 'Read the message, correct it in Shopify or in the warehouse; at once: shelfwire refusals retry SKU',
  'when Shopify takes it: it is tried again whenever the product changes or the shop is reconciled'
),
(
  'INTERNAL', 'This is a defect of Shelfwire: report it with the runner''s log. At once: shelfwire refusals retry SKU',
  'when Shopify takes it: it is tried again whenever the product changes or the shop is reconciled'
),
(
  'INVALID_INVENTORY_ITEM', 'The variant was deleted in Shopify. At once: shelfwire link',
  'when the shop was reconciled: the product is linked to another variant, or LINK_BROKEN'
),
(
  'INVALID_LOCATION',
  'The location was deleted in Shopify. Run: shelfwire shop verify DOMAIN, then shelfwire shop map DOMAIN',
  'when the shop was reconciled: its stock is shown elsewhere, or CLOSED_LOCATION'
),
(
  'INVALID_QUANTITY_NEGATIVE', 'More units are sold than lie on the shelf. Correct the stock in the warehouse.',
  'when the stock was corrected and Shopify has taken it'
),
(
  'INVALID_QUANTITY_TOO_HIGH', 'Shopify takes at most 1,000,000,000 units. Correct the stock in the warehouse.',
  'when the stock was corrected and Shopify has taken it'
),
(
  'INVALID_QUANTITY_TOO_LOW', 'Shopify takes at least -1,000,000,000 units. Correct the stock in the warehouse.',
  'when the stock was corrected and Shopify has taken it'
),
(
  'NON_MUTABLE_INVENTORY_ITEM', 'The variant is a bundle, whose stock Shopify computes. Give its SKU to no product.',
  'when the product has another SKU, or Shopify takes its stock with the next reconcile run'
),
(
  'LINK_AMBIGUOUS', 'Give the product and its Shopify variant one SKU that nothing else has. At once: shelfwire link',
  'when the change in the warehouse is captured, or the shop was reconciled'
),
(
  'LINK_BROKEN', 'Give the product and its Shopify variant one SKU that nothing else has. At once: shelfwire link',
  'when the change in the warehouse is captured, or the shop was reconciled'
),
(
  'DOUBLED_SKU', 'Give one of the two variants another SKU in Shopify. The product stays with its own until then.',
  'when the shop was reconciled'
),
(
  'CHANGED_SKU', 'Give the variant the SKU of the product again, or the product that of the variant.',
  'when the change in the warehouse is captured, or the shop was reconciled'
),
(
  'UNLINKED_STOCK', 'Set its quantity in the Shopify admin, or give a product its SKU.',
  'when the shop was reconciled, or a product is linked to it'
),
(
  'UNKNOWN_PRODUCT',
  'Its product is missing in [products] of the mapping, or has another key there. Run: shelfwire attach --check',
  'when [products] has it'
),
(
  'NEGATIVE_STOCK',
  'It is taken off what else is shown with it, and less than 0 is never shown. Correct the stock in the warehouse.',
  'when the stock was corrected'
),
(
  'UNCOUNTED_STOCK',
  'It counts as 0. Say in [stock] of the mapping what is meant, for example with coalesce(), or correct the stock.',
  'when the stock was corrected'
),
(
  'EXCESSIVE_STOCK', 'Shopify takes at most 1,000,000,000 units, which is shown. Correct the stock in the warehouse.',
  'when the stock was corrected'
),
(
  'UNMAPPED_LOCATION', 'Run: shelfwire shop map %s ''%s=LOCATION'' (or =none to keep this stock out of the shop)',
  'when it is mapped, or holds nothing'
),
(
  'CLOSED_LOCATION', 'Activate the location in the Shopify admin, or show the stock elsewhere: shelfwire shop map %s',
  'when the shop was reconciled, or its stock is mapped elsewhere'
),
(
  'UNTRACKED', 'In the Shopify admin open the variant and switch on "Track quantity". At once: shelfwire link',
  'when the shop was reconciled'
);
insert into sync.remedies (topic, remedy) values
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
('run_failed', 'Remove the cause; what a schedule wants runs again by itself. To see its state: shelfwire runs list'),
(
  'other_writer',
  'If this is to be the one that writes, run: shelfwire shop adopt %s. The other one stops by itself within a minute'
),
('writer_unconfirmed', 'It is tried again by itself. To see whether the shop answers, run: shelfwire shop verify %s'),
('levels_unread', 'Nothing is to be done: a runner reads them. At once: shelfwire reconcile inventory'),
(
  'unheld_stock',
  'In the Shopify admin of %s set the quantity of %s, or take it off sale, until the cause is removed. To see it, run: '
  'shelfwire why SKU'
),
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
('conflict_open', 'In %s decide on %s. Run: shelfwire conflicts list; then: shelfwire conflicts resolve ours NUMBER'),
(
  'value_unwritten',
  'Of %s and %s: correct what the statement of the mapping meets in the warehouse; it is tried again each minute. To '
  'see it, run: shelfwire conflicts list'
),
('task_open', 'Run: shelfwire tasks list, and once it is done: shelfwire tasks done NUMBER'),
(
  'price_held',
  'In %s: if the price of %s is right, run: shelfwire refusals retry SKU. If not, correct it in the warehouse.'
),
(
  'unmapped_location',
  'Run: shelfwire shop map %s ''%s=LOCATION'', where LOCATION is a number or a name of the shop''s, or none to keep '
  'this stock out of the shop'
);
