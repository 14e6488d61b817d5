create table sync.order_lines (
  shop_id bigint not null,
  order_id bigint not null,
  line_id bigint not null,
  place integer not null,
  variant_id bigint,
  sku text,
  title text,
  quantity integer not null,
  current_quantity integer not null,
  price numeric,
  presentment_price numeric,
  discount numeric,
  product_key text collate "C",
  inventory_item_id bigint,
  location_id bigint,
  flag text,
  line_key text,
  owed integer not null default 0,
  booked integer not null default 0,
  details jsonb,
  primary key (shop_id, order_id, line_id),
  foreign key (shop_id, order_id) references sync.orders on delete cascade
);
create index order_lines_product_idx on sync.order_lines (product_key) where owed > 0;
create index order_lines_item_idx on sync.order_lines (shop_id, inventory_item_id, location_id) where owed > 0;
comment on table sync.order_lines is 'Lines of orders, with what each is in the warehouse.';
comment on column sync.order_lines.product_key is 'The product of the warehouse that its variant was linked to when it came.';
comment on column sync.order_lines.location_id is 'The location of the shop whose level it has lowered; null: not known.';
comment on column sync.order_lines.flag is
'Why nothing is reserved of it: NO_VARIANT (a custom item, a tip, or a variant that was deleted), GIFT_CARD, UNLINKED.';
comment on column sync.order_lines.owed is
'Units that are in levels.committed for it; booked: those of them that the warehouse counts as well.';
