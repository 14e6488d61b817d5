-- ERPNext 15: a table for each kind of document, tab and its name, blanks and capitals included. A document's key is
-- its name; what is ticked is a smallint.
create table "tabItem" (
  name varchar(140) primary key,
  item_code varchar(140),
  item_name varchar(140),
  stock_uom varchar(140),
  is_stock_item smallint not null default 1,
  has_variants smallint not null default 0,
  variant_of varchar(140),
  disabled smallint not null default 0,
  docstatus smallint not null default 0,
  modified timestamp(6) default now()
);

create table "tabWarehouse" (
  name varchar(140) primary key,
  warehouse_name varchar(140),
  company varchar(140),
  parent_warehouse varchar(140),
  is_group smallint not null default 0,
  is_rejected_warehouse smallint not null default 0,
  warehouse_type varchar(140),
  disabled smallint not null default 0,
  lft bigint not null default 0,
  rgt bigint not null default 0
);

create table "tabBin" (
  name varchar(140) primary key,
  item_code varchar(140),
  warehouse varchar(140),
  actual_qty numeric(21, 9) default 0,
  reserved_qty numeric(21, 9) default 0,
  reserved_qty_for_production numeric(21, 9) default 0,
  reserved_qty_for_production_plan numeric(21, 9) default 0,
  reserved_qty_for_sub_contract numeric(21, 9) default 0,
  reserved_stock numeric(21, 9) default 0,
  ordered_qty numeric(21, 9) default 0,
  projected_qty numeric(21, 9) default 0,
  modified timestamp(6) default now(),
  unique (item_code, warehouse)
);
create index "tabBin_warehouse_idx" on "tabBin" (warehouse);

create table "tabProduct Bundle" (
  name varchar(140) primary key,
  new_item_code varchar(140),
  disabled smallint not null default 0
);

create table "tabProduct Bundle Item" (
  name varchar(140) primary key,
  parent varchar(140),
  idx bigint not null default 0,
  item_code varchar(140),
  qty numeric(21, 9) not null default 0
);
create index "tabProduct Bundle Item_parent_idx" on "tabProduct Bundle Item" (parent);
