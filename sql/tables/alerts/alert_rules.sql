create table sync.alert_rules (
  rule text primary key,
  severity text not null,
  description text not null,
  is_enabled boolean not null default true,
  threshold integer,
  webhook_url text,
  email text,
  constraint severity_is_known check (severity in ('warning', 'critical')),
  constraint threshold_is_not_negative check (threshold >= 0)
);
comment on table sync.alert_rules is 'What is an alert, how serious it is, and who is told.';
comment on column sync.alert_rules.threshold is 'A number that the description speaks of, where the rule has one.';
insert into sync.alert_rules (rule, severity, threshold, description) values
('guard_held', 'critical', null, 'a push or a reconcile run that would change an unusual share of a shop was stopped'),
('circuit_open', 'critical', null, 'a shop fails every call, so changes wait'),
(
  'document_refused', 'critical', null,
  'Shopify does not take a document of ours, or denies it to the app, so nothing of its kind is pushed to a shop'
),
('corrections_rising', 'warning', 5, 'a reconcile run corrected more than THRESHOLD and twice as much as those before'),
('api_version', 'critical', null, 'a shop answers with another API version than was asked for'),
('api_deprecated', 'warning', null, 'Shopify calls something deprecated that is used'),
('oldest_pending', 'critical', 15, 'a change has not been acknowledged for THRESHOLD minutes'),
('run_failed', 'warning', null, 'a run or a schedule ended with an error'),
('mapping_broken', 'critical', null, 'an entry of the mapping cannot be read, so nothing that it feeds is pushed'),
('capture_gap', 'critical', null, 'changes of a watched table may not be captured'),
('refusals_open', 'warning', 10, 'more than THRESHOLD products were refused within an hour'),
(
  'other_writer', 'critical', null,
  'another installation of Shelfwire writes to a shop, or this database is a copy of the one that does'
),
('writer_unconfirmed', 'critical', null, 'the mark of the writer cannot be renewed in a shop, so nothing is written'),
('levels_unread', 'warning', null, 'a shop was written to since this database was saved: all is read anew before more'),
('unheld_stock', 'critical', null, 'a shop offers units from us that it cannot be told to take back'),
('order_unbooked', 'warning', null, 'units that were sent to customers are not booked in the warehouse'),
(
  'order_unseen', 'warning', null,
  'units went in a shop without an order that was seen, and are offered again: an edit, or an order sent at once'
),
('conflict_open', 'warning', null, 'a field that both sides have changed waits for a person to decide'),
('value_unwritten', 'warning', null, 'the warehouse does not take the value of a field that is the shop''s'),
('task_open', 'warning', null, 'something that only a person can put right waits for one'),
('price_held', 'critical', null, 'a price that would change by an unusual factor waits for a person'),
(
  'unmapped_location', 'warning', null,
  'it is not decided where a linked shop shows the stock of a location of the warehouse, or the place is closed'
);
