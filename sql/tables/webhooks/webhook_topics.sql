create table sync.webhook_topics (
  topic text primary key,
  handler text not null,
  constraint handler_is_known check (handler in ('order', 'none'))
);
comment on table sync.webhook_topics is
'What becomes of a webhook: order: the order is looked at; none: it is kept. A topic that is missing here is kept, too.';
insert into sync.webhook_topics (topic, handler) values
('orders/create', 'order'),
('orders/updated', 'order'),
('orders/paid', 'order'),
('orders/cancelled', 'order'),
('orders/fulfilled', 'order'),
('orders/partially_fulfilled', 'order'),
('orders/edited', 'order'),
('refunds/create', 'order'),
('fulfillments/create', 'order'),
('fulfillments/update', 'order');
