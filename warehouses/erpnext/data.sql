insert into "tabItem" (name, item_code, item_name, stock_uom, is_stock_item, has_variants, variant_of, disabled) values
('PEN', 'PEN', 'Fountain pen', 'Nos', 1, 0, null, 0),
('INK', 'INK', 'Ink', 'Nos', 1, 0, null, 0),
('PAPER', 'PAPER', 'Paper', 'Kg', 1, 0, null, 0),
('NIB', 'NIB', 'Nib', 'Nos', 1, 0, null, 0),
('SEAL', 'SEAL', 'Seal', 'Nos', 1, 0, null, 0),
('SHIRT', 'SHIRT', 'Shirt', 'Nos', 1, 1, null, 0),
('SHIRT-M', 'SHIRT-M', 'Shirt, M', 'Nos', 1, 0, 'SHIRT', 0),
('FAX', 'FAX', 'Fax machine', 'Nos', 1, 0, null, 1),
('ENGRAVING', 'ENGRAVING', 'Engraving', 'Nos', 0, 0, null, 0),
('GIFT-BOX', 'GIFT-BOX', 'Gift box', 'Nos', 0, 0, null, 0),
('OLD-BOX', 'OLD-BOX', 'Box of last year', 'Nos', 0, 0, null, 0);

insert into "tabWarehouse"
(name, warehouse_name, company, parent_warehouse, is_group, is_rejected_warehouse, warehouse_type, disabled) values
('All Warehouses - A', 'All Warehouses', 'Acorn', '', 1, 0, null, 0),
('Stores - A', 'Stores', 'Acorn', 'All Warehouses - A', 0, 0, null, 0),
('Shop - A', 'Shop', 'Acorn', 'All Warehouses - A', 0, 0, '', 0),
('Rejected - A', 'Rejected', 'Acorn', 'All Warehouses - A', 0, 1, null, 0),
('Goods In Transit - A', 'Goods In Transit', 'Acorn', 'All Warehouses - A', 0, 0, 'Transit', 0),
('Barn - A', 'Barn', 'Acorn', 'All Warehouses - A', 0, 0, null, 1),
('Stores - B', 'Stores', 'Birch', '', 0, 0, null, 0);

insert into "tabBin"
(name, item_code, warehouse, actual_qty, reserved_qty, reserved_qty_for_production, reserved_stock) values
('bin-01', 'PEN', 'Stores - A', 100, 20, 5, 12),
('bin-02', 'PEN', 'Shop - A', 3, 0, 0, 0),
('bin-03', 'PEN', 'Rejected - A', 7, 0, 0, 0),
('bin-04', 'PEN', 'Goods In Transit - A', 40, 0, 0, 0),
('bin-05', 'PEN', 'Barn - A', 9, 0, 0, 0),
('bin-06', 'PEN', 'Stores - B', 500, 0, 0, 0),
('bin-07', 'INK', 'Stores - A', 10, 4, 0, 0),
('bin-08', 'PAPER', 'Stores - A', 9.5, 0.25, 0, 0),
('bin-09', 'NIB', 'Stores - A', null, null, null, null),
('bin-10', 'SEAL', 'Shop - A', 0, 3, 0, 0),
('bin-11', 'SHIRT-M', 'Stores - A', 4, 0, 0, 0),
('bin-12', 'FAX', 'Stores - A', 2, 0, 0, 0);

insert into "tabProduct Bundle" (name, new_item_code, disabled) values
('GIFT-BOX', 'GIFT-BOX', 0), ('OLD-BOX', 'OLD-BOX', 1);

insert into "tabProduct Bundle Item" (name, parent, idx, item_code, qty) values
('row-1', 'GIFT-BOX', 1, 'PEN', 2),
('row-2', 'GIFT-BOX', 2, 'INK', 1),
('row-3', 'GIFT-BOX', 3, 'ENGRAVING', 1),
('row-4', 'OLD-BOX', 1, 'PEN', 1);
