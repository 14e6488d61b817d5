insert into catalogue_productclass (id, name, slug, track_stock) values
(1, 'Goods', 'goods', true), (2, 'Downloads', 'downloads', false);

insert into catalogue_product (id, structure, is_public, upc, title, parent_id, product_class_id) values
(1, 'standalone', true, 'MUG', 'Mug', null, 1),
(2, 'standalone', true, 'TEAPOT', 'Teapot', null, 1),
(3, 'parent', true, null, 'Tea towel', null, 1),
(4, 'child', true, 'TOWEL-RED', '', 3, null),
(5, 'child', true, 'TOWEL-BLUE', 'Tea towel, blue', 3, null),
(6, 'standalone', false, 'KETTLE', 'Kettle', null, 1),
(7, 'standalone', true, 'AUDIO', 'The sound of a kettle', null, 2),
(8, 'standalone', true, 'SIEVE', 'Sieve', null, 1),
(9, 'standalone', true, 'SCALE', 'Scale', null, 1),
(10, 'parent', false, null, 'Apron', null, 1),
(11, 'child', true, 'APRON-L', 'Apron, large', 10, null);

insert into partner_partner (id, code, name) values (1, 'main-store', 'Main store'), (2, 'outlet', 'Outlet');

insert into partner_stockrecord (product_id, partner_id, partner_sku, num_in_stock, num_allocated) values
(1, 1, 'A-1', 14, 2),
(2, 1, 'A-2', 5, 0),
(2, 2, 'B-2', 7, null),
(4, 1, 'A-4', 3, 1),
(5, 1, 'A-5', 4, 4),
(6, 1, 'A-6', 30, null),
(7, 1, 'A-7', null, null),
(9, 1, 'A-9', 2, 3),
(11, 1, 'A-11', 6, null);
