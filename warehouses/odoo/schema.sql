-- Odoo 18: the tables of product, uom and stock that say what is free to use. Names that users translate are jsonb.
create table res_company (id serial primary key, name varchar not null);

create table uom_uom (id serial primary key, name jsonb not null, factor numeric not null, rounding numeric not null);

create table product_template (
  id serial primary key,
  name jsonb not null,
  type varchar not null,
  is_storable boolean,
  uom_id integer not null references uom_uom,
  company_id integer references res_company,
  list_price numeric,
  sale_ok boolean,
  active boolean
);

create table product_product (
  id serial primary key,
  product_tmpl_id integer not null references product_template,
  default_code varchar,
  barcode varchar,
  combination_indices varchar,
  active boolean
);
create index product_product_product_tmpl_id_index on product_product (product_tmpl_id);
create index product_product_default_code_index on product_product (default_code);

create table stock_location (
  id serial primary key,
  location_id integer references stock_location,
  name varchar not null,
  complete_name varchar,
  parent_path varchar,
  usage varchar not null,
  company_id integer references res_company,
  active boolean
);
create index stock_location_location_id_index on stock_location (location_id);
create index stock_location_parent_path_index on stock_location (parent_path varchar_pattern_ops);

create table stock_warehouse (
  id serial primary key,
  name varchar not null,
  code varchar(5) not null,
  company_id integer not null references res_company,
  view_location_id integer not null references stock_location,
  lot_stock_id integer not null references stock_location,
  active boolean
);

create table stock_quant (
  id serial primary key,
  product_id integer not null references product_product,
  location_id integer not null references stock_location,
  company_id integer references res_company,
  lot_id integer,
  package_id integer,
  owner_id integer,
  quantity numeric,
  reserved_quantity numeric not null,
  in_date timestamp not null default now()
);
create index stock_quant_product_id_index on stock_quant (product_id);
create index stock_quant_location_id_index on stock_quant (location_id);
