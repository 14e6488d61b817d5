-- Take deliveries that are due, for a minute: who does not say by then what came of one has lost it. What is said of
-- one alert arrives in order. A sink that its rule names no more gets nothing.
create or replace function sync.claim_deliveries(p_limit integer default 5)
returns table (
  id bigint, attempt integer, sink text, address text, event text, rule text, severity text, shop text, subject text,
  message text, remedy text, detail jsonb, raised_at timestamptz
)
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.deliveries as d
set attempts = d.attempts + 1, next_try_at = clock_timestamp() + interval '1 minute'
from (
  select w.id, s.address, r.severity, h.domain, a.rule, a.subject, a.message, a.remedy, a.detail, a.raised_at
  from sync.deliveries as w
  inner join sync.alerts as a on w.alert_id = a.id
  inner join sync.alert_rules as r on a.rule = r.rule
  inner join lateral (values ('webhook', r.webhook_url), ('email', r.email)) as s (sink, address) on w.sink = s.sink
  left join sync.shops as h on a.shop_id = h.id
  where w.state = 'waiting' and w.next_try_at <= clock_timestamp() and s.address is not null and not exists (
    select from sync.deliveries as e
    where e.alert_id = w.alert_id and e.sink = w.sink and e.state = 'waiting' and e.id < w.id
  )
  order by w.next_try_at
  limit p_limit
  for update of w skip locked
) as t
where d.id = t.id
returning
  d.id, d.attempts, d.sink, t.address, d.event, t.rule, t.severity, t.domain, t.subject, t.message, t.remedy, t.detail,
  t.raised_at;
end;
comment on function sync.claim_deliveries(integer) is 'Take deliveries that are due, for a minute, with what to send and where to.';
