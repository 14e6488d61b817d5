create table sync.heard_orders (
  shop_id bigint not null references sync.shops on delete cascade,
  order_id bigint not null,
  topic text not null,
  heard jsonb,
  updated_at timestamptz,
  heard_at timestamptz not null default clock_timestamp(),
  primary key (shop_id, order_id)
);
comment on table sync.heard_orders is
'What webhooks have told of orders that are still to be applied: the newest for each, in the form of order_of_node().';
comment on column sync.heard_orders.heard is 'Null: the webhook only says that something has happened to the order.';
