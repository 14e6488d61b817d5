insert into product (id, title, handle, status) values
('prod_tea', 'Tea set', 'tea-set', 'published'),
('prod_food', 'Honey', 'honey', 'published'),
('prod_sample', 'Sample', 'sample', 'draft');

insert into product_variant (id, product_id, title, sku, manage_inventory, deleted_at) values
('variant_cup', 'prod_tea', 'Cup', 'CUP', true, null),
('variant_pot', 'prod_tea', 'Pot', 'POT', true, null),
('variant_set', 'prod_tea', 'Set for four', 'SET', true, null),
('variant_lid', 'prod_tea', 'Lid', 'LID', true, null),
('variant_plate', 'prod_tea', 'Plate', 'PLATE', true, null),
('variant_spoon', 'prod_tea', 'Spoon', 'SPOON', true, null),
('variant_card', 'prod_tea', 'Gift card', 'CARD', false, null),
('variant_old', 'prod_tea', 'Old cup', 'CUP-OLD', true, '2025-01-01'),
('variant_honey', 'prod_food', 'Three jars', 'HONEY-3', true, null),
('variant_tea', 'prod_food', 'Loose tea', 'TEA-KG', true, null),
('variant_sample', 'prod_sample', 'Sample', 'SAMPLE', true, null);

insert into stock_location (id, name, deleted_at) values
('sloc_berlin', 'Berlin', null), ('sloc_lyon', 'Lyon', null), ('sloc_closed', 'Closed', '2025-01-01');

insert into inventory_item (id, sku, deleted_at) values
('iitem_cup', 'CUP', null), ('iitem_pot', 'POT', null), ('iitem_lid', 'LID', null), ('iitem_plate', 'PLATE', null),
('iitem_spoon', 'SPOON', '2025-01-01'), ('iitem_card', 'CARD', null), ('iitem_honey', 'HONEY', null),
('iitem_tea', 'TEA', null), ('iitem_sample', 'SAMPLE', null);

insert into product_variant_inventory_item (variant_id, inventory_item_id, id, required_quantity, deleted_at) values
('variant_cup', 'iitem_cup', 'pvitem_1', 1, null),
('variant_pot', 'iitem_pot', 'pvitem_2', 1, null),
('variant_set', 'iitem_cup', 'pvitem_3', 4, null),
('variant_set', 'iitem_pot', 'pvitem_4', 1, null),
('variant_set', 'iitem_lid', 'pvitem_5', 1, '2025-01-01'),
('variant_lid', 'iitem_lid', 'pvitem_6', 1, null),
('variant_plate', 'iitem_plate', 'pvitem_7', 1, null),
('variant_spoon', 'iitem_spoon', 'pvitem_8', 1, null),
('variant_card', 'iitem_card', 'pvitem_9', 1, null),
('variant_old', 'iitem_cup', 'pvitem_10', 1, null),
('variant_honey', 'iitem_honey', 'pvitem_11', 3, null),
('variant_tea', 'iitem_tea', 'pvitem_12', 1, null),
('variant_sample', 'iitem_sample', 'pvitem_13', 1, null);

insert into inventory_level (id, inventory_item_id, location_id, stocked_quantity, reserved_quantity, deleted_at) values
('ilev_1', 'iitem_cup', 'sloc_berlin', 30, 5, null),
('ilev_2', 'iitem_cup', 'sloc_lyon', 8, 0, null),
('ilev_3', 'iitem_cup', 'sloc_closed', 9, 0, null),
('ilev_4', 'iitem_pot', 'sloc_berlin', 3, 0, null),
('ilev_5', 'iitem_lid', 'sloc_berlin', 6, 0, '2025-01-01'),
('ilev_6', 'iitem_lid', 'sloc_lyon', 2, 0, null),
('ilev_7', 'iitem_plate', 'sloc_berlin', 2, 3, null),
('ilev_8', 'iitem_spoon', 'sloc_berlin', 11, 0, null),
('ilev_9', 'iitem_card', 'sloc_berlin', 50, 0, null),
('ilev_10', 'iitem_honey', 'sloc_berlin', 10, 0, null),
('ilev_11', 'iitem_tea', 'sloc_berlin', 2.5, 0.4, null),
('ilev_12', 'iitem_sample', 'sloc_berlin', 5, 0, null);
