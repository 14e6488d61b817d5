insert into res_company (id, name) values (1, 'Main company'), (2, 'French company');

insert into uom_uom (id, name, factor, rounding) values
(1, '{"en_US": "Units"}', 1, 0.01), (2, '{"en_US": "Dozens"}', 0.083333333333, 0.01), (5, '{"en_US": "m"}', 1, 0.01);

insert into product_template (id, name, type, is_storable, uom_id, company_id, active) values
(1, '{"en_US": "Desk", "fr_FR": "Bureau"}', 'consu', true, 1, null, true),
(2, '{"en_US": "Chair"}', 'consu', true, 1, 1, true),
(3, '{"en_US": "Lamp"}', 'consu', true, 1, null, false),
(4, '{"en_US": "Rope"}', 'consu', true, 5, null, true),
(5, '{"en_US": "Delivery"}', 'service', false, 1, null, true),
(6, '{"en_US": "Eggs"}', 'consu', true, 2, null, true),
(7, '{"fr_FR": "Ecran", "en_US": "Screen"}', 'consu', true, 1, 2, true),
(8, '{"en_US": "Shelf"}', 'consu', true, 1, null, true);

insert into product_product (id, product_tmpl_id, default_code, active) values
(11, 1, 'DESK', true), (12, 2, 'CHAIR-BLK', true), (13, 2, 'CHAIR-RED', false), (14, 3, 'LAMP', true),
(15, 4, 'ROPE', true), (16, 5, 'DELIVERY', true), (17, 6, 'EGGS', true),
(18, 7, 'SCREEN', true), (19, 8, 'SHELF', true);

insert into stock_location (id, location_id, name, complete_name, parent_path, usage, company_id, active) values
(1, null, 'Physical Locations', 'Physical Locations', '1/', 'view', null, true),
(2, null, 'Customers', 'Partners/Customers', '2/', 'customer', null, true),
(3, null, 'Inventory adjustment', 'Virtual/Inventory adjustment', '3/', 'inventory', 1, true),
(7, 1, 'WH', 'WH', '1/7/', 'view', 1, true),
(8, 7, 'Stock', 'WH/Stock', '1/7/8/', 'internal', 1, true),
(9, 8, 'Shelf A', 'WH/Stock/Shelf A', '1/7/8/9/', 'internal', 1, true),
(10, 8, 'Shelf B', 'WH/Stock/Shelf B', '1/7/8/10/', 'internal', 1, true),
(11, 7, 'Output', 'WH/Output', '1/7/11/', 'internal', 1, true),
(12, 8, 'Scrap', 'WH/Stock/Scrap', '1/7/8/12/', 'inventory', 1, true),
(80, 7, 'Returns', 'WH/Returns', '1/7/80/', 'internal', 1, true),
(17, 1, 'CHI', 'CHI', '1/17/', 'view', 1, true),
(18, 17, 'Stock', 'CHI/Stock', '1/17/18/', 'internal', 1, true),
(27, 1, 'LYO', 'LYO', '1/27/', 'view', 2, true),
(28, 27, 'Stock', 'LYO/Stock', '1/27/28/', 'internal', 2, true);

insert into stock_warehouse (id, name, code, company_id, view_location_id, lot_stock_id, active) values
(1, 'San Francisco', 'WH', 1, 7, 8, true), (2, 'Chicago', 'CHI', 1, 17, 18, true), (3, 'Lyon', 'LYO', 2, 27, 28, true);

insert into stock_quant (product_id, location_id, company_id, owner_id, quantity, reserved_quantity) values
(11, 9, 1, null, 10, 2),
(11, 10, 1, null, null, 0),
(11, 11, 1, null, 5, 0),
(11, 80, 1, null, 6, 0),
(11, 12, 1, null, 1, 0),
(11, 2, null, null, 3, 0),
(11, 3, 1, null, -25, 0),
(11, 18, 1, null, 4, 4),
(11, 28, 2, null, 50, 0),
(12, 8, 1, 77, 5, 0),
(12, 9, 1, null, -2, 0),
(13, 9, 1, null, 8, 0),
(14, 9, 1, null, 9, 0),
(15, 9, 1, null, 9.5, 0),
(15, 10, 1, null, 4.5, 0),
(17, 8, 1, null, 2.5, 0),
(18, 28, 2, null, 7, 0);
