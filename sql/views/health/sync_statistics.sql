-- Calls of the last day, hour by hour and document by document.
create or replace view sync.sync_statistics as
select
  h.domain as shop,
  date_trunc('hour', c.at) as hour,
  c.document,
  count(*) as calls,
  count(*) filter (where c.error_class is not null) as failed,
  count(*) filter (where c.error_class = 'THROTTLED') as throttled,
  sum(c.actual_cost) as points,
  percentile_cont(0.5) within group (order by c.milliseconds) as milliseconds_p50,
  percentile_cont(0.99) within group (order by c.milliseconds) as milliseconds_p99
from sync.calls as c
inner join sync.shops as h on c.shop_id = h.id
where c.at > now() - interval '1 day'
group by h.domain, date_trunc('hour', c.at), c.document;
comment on view sync.sync_statistics is 'Calls of the last day, by hour and document, with points and milliseconds.';
