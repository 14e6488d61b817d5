-- What each document has cost a shop in the last hour, day and seven days, for which calls are kept.
create or replace view sync.query_costs as
select
  h.domain as shop,
  s.span,
  c.document,
  count(*) as calls,
  count(*) filter (where c.error_class is not null) as failed,
  count(*) filter (where c.error_class = 'THROTTLED') as throttled,
  sum(c.items) as items,
  sum(c.actual_cost) as points,
  sum(c.requested_cost) as points_requested,
  sum(c.actual_cost)::double precision / nullif(sum(c.items), 0) as points_per_item,
  sum(c.actual_cost) / (b.restore_rate * extract(epoch from s.span)) as budget_share,
  avg(c.milliseconds)::double precision as milliseconds_mean,
  percentile_cont(0.95) within group (order by c.milliseconds) as milliseconds_p95,
  sum(c.items)::double precision / nullif(count(c.items), 0) as items_per_call,
  d.requested::double precision / d.predicted as correction
from (values (interval '1 hour'), (interval '1 day'), (interval '7 days')) as s (span)
inner join sync.calls as c on c.at > now() - s.span
inner join sync.shops as h on c.shop_id = h.id
inner join sync.budgets as b on c.shop_id = b.shop_id
left join lateral (
  select k.requested, k.predicted
  from sync.document_costs as k
  where k.shop_id = c.shop_id and k.document = c.document
  order by k.noted_at desc
  limit 1
) as d on true
group by h.domain, s.span, c.document, b.restore_rate, d.requested, d.predicted;
comment on view sync.query_costs is
'What each document has cost each shop within the last hour, day and seven days (span), in points and milliseconds.';
comment on column sync.query_costs.items is
'Entries that stored requests carried, or nodes of the pages that were read, by calls that were answered without an error.';
comment on column sync.query_costs.points_per_item is 'All of the document''s points, those of failed calls too, by its items.';
comment on column sync.query_costs.budget_share is 'Its points, as a share of those that Shopify gives the shop in the span.';
comment on column sync.query_costs.correction is
'What Shopify asks for the document, divided by what our rules predict, when that last changed.';
