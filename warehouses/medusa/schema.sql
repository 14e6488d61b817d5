-- Medusa 2: the tables of its modules product, inventory and stock location, and the link between the first two.
create table product (
  id text primary key,
  title text not null,
  handle text not null,
  status text not null default 'draft' check (status in ('draft', 'proposed', 'published', 'rejected')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);

create table product_variant (
  id text primary key,
  product_id text references product,
  title text not null,
  sku text,
  manage_inventory boolean not null default true,
  allow_backorder boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index product_variant_product_id_idx on product_variant (product_id) where deleted_at is null;
create unique index product_variant_sku_idx on product_variant (sku) where deleted_at is null;

create table stock_location (
  id text primary key,
  name text not null,
  address_id text,
  deleted_at timestamptz
);

create table inventory_item (
  id text primary key,
  sku text,
  title text,
  requires_shipping boolean not null default true,
  deleted_at timestamptz
);
create unique index inventory_item_sku_idx on inventory_item (sku) where deleted_at is null;

create table inventory_level (
  id text primary key,
  inventory_item_id text not null references inventory_item,
  location_id text not null,
  stocked_quantity numeric not null default 0,
  reserved_quantity numeric not null default 0,
  incoming_quantity numeric not null default 0,
  raw_stocked_quantity jsonb,
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index inventory_level_item_location_idx on inventory_level (inventory_item_id, location_id)
where deleted_at is null;
create index inventory_level_location_id_idx on inventory_level (location_id) where deleted_at is null;

-- Links of modules have no foreign keys.
create table product_variant_inventory_item (
  variant_id varchar(255) not null,
  inventory_item_id varchar(255) not null,
  id varchar(255) not null,
  required_quantity numeric not null default 1,
  deleted_at timestamptz,
  primary key (variant_id, inventory_item_id)
);
create index product_variant_inventory_item_item_idx on product_variant_inventory_item (inventory_item_id)
where deleted_at is null;
