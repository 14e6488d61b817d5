create table sync.catalogs (
  shop_id bigint primary key references sync.shops on delete cascade,
  on_delete text not null default 'archive',
  adopt_by text not null default 'sku',
  publications bigint[] not null default '{}',
  defined text[] not null default '{}',
  price_factor numeric not null default 5,
  looked_until timestamptz,
  looked_at timestamptz,
  followed_at timestamptz not null default clock_timestamp(),
  constraint on_delete_is_known check (on_delete in ('archive', 'draft', 'delete', 'ignore')),
  constraint adopt_by_is_known check (adopt_by in ('sku', 'barcode', 'handle')),
  constraint price_factor_is_a_factor check (price_factor > 1)
);
comment on table sync.catalogs is 'Shops whose catalogue follows the warehouse, and how. No row: only stock does.';
comment on column sync.catalogs.on_delete is 'What becomes of a product that leaves the warehouse.';
comment on column sync.catalogs.adopt_by is
'By what a product of the warehouse is known to be one that the shop has already.';
comment on column sync.catalogs.publications is 'Sales channels to which products are published; none: that is left to the shop.';
comment on column sync.catalogs.price_factor is
'A price that becomes so many times as high or as low, or 0, is not sent until somebody has said so.';
comment on column sync.catalogs.looked_until is
'What the shop has changed was looked for up to then, by Shopify''s clock.';
comment on column sync.catalogs.looked_at is 'When that was done last.';
comment on column sync.catalogs.defined is 'Metafield definitions that were made there, as namespace.key:type.';
