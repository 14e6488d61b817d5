-- Orders of all shops, and what became of them. No names and no addresses: those are in orders.details.
create or replace view sync.order_status as
select
  h.domain as shop,
  o.name,
  o.order_id,
  o.state,
  o.created_at,
  o.updated_at,
  o.financial_status,
  o.fulfillment_status,
  o.source_name,
  o.is_test,
  o.total,
  o.currency,
  o.presentment_total,
  o.presentment_currency,
  o.difference,
  coalesce(l.lines, 0) as lines,
  coalesce(l.units, 0) as units,
  coalesce(l.flagged, 0) as flagged,
  coalesce(r.reserved, 0) as reserved,
  o.order_key,
  o.source,
  o.why,
  o.heard_at,
  o.applied_at,
  o.shop_id
from sync.orders as o
inner join sync.shops as h on o.shop_id = h.id
left join lateral (
  select count(*) as lines, sum(s.current_quantity) as units, count(s.flag) as flagged
  from sync.order_lines as s
  where s.shop_id = o.shop_id and s.order_id = o.order_id
) as l on true
left join lateral (
  select sum(v.units) as reserved from sync.reservations as v
  where v.shop_id = o.shop_id and v.order_id = o.order_id
) as r on true;
comment on view sync.order_status is 'Orders of all shops, and what became of them.';
