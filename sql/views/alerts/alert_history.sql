-- Every alert, open or cleared, as far back as they are kept, and what came of telling people.
create or replace view sync.alert_history as
select
  a.id,
  h.domain as shop,
  a.rule,
  r.severity,
  a.subject,
  a.message,
  a.raised_at,
  a.cleared_at,
  coalesce(a.cleared_at, now()) - a.raised_at as lasted,
  a.times,
  a.openings,
  d.delivered,
  d.waiting,
  d.failed,
  d.error
from sync.alerts as a
inner join sync.alert_rules as r on a.rule = r.rule
left join sync.shops as h on a.shop_id = h.id
cross join lateral (
  select
    count(*) filter (where e.state = 'delivered') as delivered,
    count(*) filter (where e.state = 'waiting') as waiting,
    count(*) filter (where e.state = 'failed') as failed,
    (array_agg(e.error order by e.id desc) filter (where e.error is not null))[1] as error
  from sync.deliveries as e
  where e.alert_id = a.id
) as d;
comment on view sync.alert_history is 'Every alert of the last 30 days: when, how long, and how its deliveries ended.';
