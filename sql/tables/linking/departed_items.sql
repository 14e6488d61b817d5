create table sync.departed_items (
  shop_id bigint not null references sync.shops on delete cascade,
  inventory_item_id bigint not null,
  variant_id bigint not null,
  product_key text collate "C" not null,
  sku text,
  left_at timestamptz not null default clock_timestamp(),
  primary key (shop_id, inventory_item_id)
);
create index departed_items_product_key_idx on sync.departed_items (shop_id, product_key);
comment on table sync.departed_items is
'Items of Shopify whose product has left the warehouse or has another SKU by now, while they were in stock or something '
'was on its way: they are set to 0 once. No row any more once they are, or a product is linked to the item again.';
