create table sync.variants (
  shop_id bigint not null references sync.shops on delete cascade,
  variant_id bigint not null,
  product_id bigint not null,
  inventory_item_id bigint not null,
  sku text,
  skeleton text,
  title text not null,
  tracked boolean not null,
  read_at timestamptz not null,
  read_tick bigint not null,
  barcode text,
  handle text,
  custom_id text,
  position integer,
  options jsonb,
  fields jsonb,
  primary key (shop_id, variant_id)
);
create index variants_shop_id_sku_idx on sync.variants (shop_id, sku);
create index variants_shop_id_inventory_item_id_idx on sync.variants (shop_id, inventory_item_id);
create index variants_shop_id_product_id_idx on sync.variants (shop_id, product_id);
create index variants_shop_id_skeleton_idx on sync.variants (shop_id, skeleton);
create index variants_shop_id_barcode_idx on sync.variants (shop_id, barcode) where barcode is not null;
create index variants_shop_id_custom_id_idx on sync.variants (shop_id, custom_id) where custom_id is not null;
create index variants_shop_id_handle_idx on sync.variants (shop_id, handle);
create index variants_untracked_idx on sync.variants (shop_id, inventory_item_id) where not tracked;
comment on table sync.variants is 'Variants of a shop as Shopify last showed them.';
comment on column sync.variants.read_tick is 'The tick of read_at: what a whole reading did not show is no more.';
comment on column sync.variants.options is 'Its option values, [{optionName, name}].';
comment on column sync.variants.fields is
'What it shows, in the form of shown_variant(); null, as options and position: only stock was read of it yet.';
comment on column sync.variants.skeleton is 'What the SKU looks like, see skeleton(): finds those that people take for the same.';
comment on column sync.variants.handle is 'That of its product; custom_id: the group that its product was made of, before it was forgotten.';
