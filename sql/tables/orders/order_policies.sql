create table sync.order_policies (
  shop_id bigint primary key references sync.shops on delete cascade,
  books text not null default 'shelfwire',
  shortage text not null default 'backorder',
  restocks boolean not null default true,
  refunds boolean not null default false,
  since timestamptz not null default clock_timestamp(),
  watermark timestamptz,
  constraint books_is_known check (books in ('shelfwire', 'warehouse', 'observe')),
  constraint shortage_is_known check (shortage in ('backorder', 'partial', 'cancel'))
);
comment on table sync.order_policies is 'Shops whose orders are imported, and what becomes of them: one row for each.';
comment on column sync.order_policies.books is
'Who reserves the units of an order: shelfwire, by the statements of the mapping or in tables of its own; the warehouse, '
'from our tables, which says so by book_order(); observe: nobody, orders are kept to be looked at.';
comment on column sync.order_policies.shortage is
'Of an order that units are missing of: backorder waits for them with nothing lost, partial reserves what is there and '
'leaves the rest to a person, cancel has Shopify cancel the order.';
comment on column sync.order_policies.restocks is 'Whether a cancelled order gives its units back at Shopify; refunds: its money.';
comment on column sync.order_policies.since is
'Orders that were made before are history: kept, and never reserved, for the warehouse has dealt with them.';
comment on column sync.order_policies.watermark is 'Every order that was updated up to then is in.';
