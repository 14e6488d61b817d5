create table sync.products (
  shop_id bigint not null references sync.shops on delete cascade,
  product_id bigint not null,
  fields jsonb not null default '{}',
  metafields jsonb not null default '{}',
  collections bigint[],
  publications bigint[],
  media jsonb,
  created_at timestamptz,
  updated_at timestamptz,
  read_at timestamptz not null,
  read_tick bigint not null,
  primary key (shop_id, product_id)
);
comment on table sync.products is
'Products of a shop as Shopify last showed them, whether the warehouse knows them or not; variants are rows of sync.variants.';
comment on column sync.products.fields is 'What it shows, in the form of shown_product().';
comment on column sync.products.metafields is 'Values of the metafields that the mapping names, by namespace.key.';
comment on column sync.products.collections is
'Collections it is in; publications: sales channels it is published on; null: not read yet, or not shown whole.';
comment on column sync.products.media is '[{id, alt, status, problem}], in their order; null: not read yet.';
comment on column sync.products.updated_at is 'By Shopify''s clock, as created_at.';
comment on column sync.products.read_tick is 'The tick of read_at: what a whole reading did not show is no more.';
