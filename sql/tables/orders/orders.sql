create table sync.orders (
  shop_id bigint not null references sync.shops on delete cascade,
  order_id bigint not null,
  name text not null,
  state text not null default 'heard',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  cancelled_at timestamptz,
  financial_status text,
  fulfillment_status text,
  source_name text,
  is_test boolean not null default false,
  currency text,
  presentment_currency text,
  total numeric,
  presentment_total numeric,
  difference numeric,
  customer_id bigint,
  customer_key text,
  order_key text,
  details jsonb,
  source text not null,
  why text not null,
  heard_at timestamptz not null default clock_timestamp(),
  applied_at timestamptz not null default clock_timestamp(),
  primary key (shop_id, order_id),
  constraint state_is_known check (
    state in ('heard', 'history', 'observed', 'waiting', 'reserved', 'short', 'shipped', 'cancelled')
  ),
  constraint source_is_known check (source in ('payload', 'read', 'bulk'))
);
create index orders_updated_at_idx on sync.orders (shop_id, updated_at);
create index orders_created_at_idx on sync.orders (shop_id, created_at);
create index orders_name_idx on sync.orders (name);
create index orders_open_idx on sync.orders (shop_id) where state in ('waiting', 'short');
comment on table sync.orders is 'Orders of shops as Shopify last told of them, and what became of them here.';
comment on column sync.orders.state is
'heard: not settled yet; history: made before orders were imported; observed: nobody books it; waiting: the warehouse is to '
'book it; reserved: every unit is; short: some are missing; shipped; cancelled.';
comment on column sync.orders.difference is
'The total less the sum of lines, discounts, shipping and taxes, in the shop''s money: as Shopify wrote them, never corrected.';
comment on column sync.orders.order_key is 'The key of the order in the warehouse, where the mapping writes it there.';
comment on column sync.orders.details is 'All else that Shopify told, in the form of order_of_node(); null: redacted.';
comment on column sync.orders.source is 'From what it was applied last; why: the reason for that.';
