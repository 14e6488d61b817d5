create table sync.variants (
  shop_id bigint not null references sync.shops on delete cascade,
  variant_id bigint not null,
  product_id bigint not null,
  inventory_item_id bigint not null,
  sku text,
  title text not null,
  tracked boolean not null,
  read_at timestamptz not null,
  primary key (shop_id, variant_id)
);
create index variants_shop_id_sku_idx on sync.variants (shop_id, sku);
create index variants_shop_id_inventory_item_id_idx on sync.variants (shop_id, inventory_item_id);
comment on table sync.variants is 'Variants of a shop as Shopify last showed them.';
