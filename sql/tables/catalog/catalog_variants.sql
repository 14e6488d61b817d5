create table sync.catalog_variants (
  shop_id bigint not null references sync.shops on delete cascade,
  variant_id bigint not null,
  product_key text collate "C" not null,
  group_key text collate "C" not null,
  primary key (shop_id, variant_id)
);
create index catalog_variants_product_key_idx on sync.catalog_variants (shop_id, product_key);
create index catalog_variants_group_key_idx on sync.catalog_variants (shop_id, group_key);
comment on table sync.catalog_variants is
'Variants of a shop that we have made or adopted: which product of the warehouse each is, and in which group. What else a '
'product has there is the shop''s own, and stays.';
