create table sync.links (
  shop_id bigint not null references sync.shops on delete cascade,
  product_key text collate "C" not null,
  sku text,
  state text not null,
  reason text,
  variant_id bigint,
  inventory_item_id bigint,
  changed_at timestamptz not null default now(),
  primary key (shop_id, product_key),
  constraint state_is_known check (state in ('ok', 'broken', 'ambiguous', 'left')),
  constraint ok_has_variant check ((state = 'ok') = (inventory_item_id is not null and variant_id is not null)),
  constraint not_ok_has_reason check (state = 'ok' or reason is not null),
  -- Checked at the end of a statement, so that two products may swap their SKUs.
  constraint item_has_one_product unique (shop_id, inventory_item_id) deferrable
);
create index links_sku_idx on sync.links (shop_id, sku);
comment on table sync.links is
'Which warehouse product is which Shopify variant, found by SKU. Never guessed: a blank, doubled or '
'vanished SKU leaves the product broken or ambiguous, with the reason. left: the warehouse no longer has the product.';
comment on column sync.links.reason is 'Why it is not ok; of one that is, that its variant has another SKU by now.';
