-- Take deliveries that are due, for a minute: who does not say by then what came of one has lost it. Of what waits for
-- one alert and sink the first says when, and the last is sent, under a number of its own: what is true now. A sink is
-- told once an hour; not that an alert is open when it knows that, nor that it is cleared if it was not open since. One
-- that its rule names no more gets nothing.
create or replace function sync.claim_deliveries(p_limit integer default 5)
returns table (
  id bigint, attempt integer, sink text, address text, event text, rule text, severity text, shop text, subject text,
  message text, remedy text, detail jsonb, raised_at timestamptz, openings integer
)
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with due as materialized (
  select
    w.alert_id, w.sink, w.attempts, w.next_try_at, l.id, s.address, r.severity, h.domain, a.rule, a.subject, a.message,
    a.remedy, a.detail, a.raised_at, a.openings, a.openings - coalesce(t.openings, 0) as since, t.told_at,
    case when a.cleared_at is null then 'raised' else 'cleared' end as event,
    case
      when t.told_at > clock_timestamp() - interval '1 hour' then 'later'
      when t.event = 'raised' and a.cleared_at is null then 'no news'
      when t.event = 'cleared' and a.cleared_at is not null and t.openings = a.openings then 'no news'
      else 'now'
    end as fate
  from sync.deliveries as w
  inner join sync.alerts as a on w.alert_id = a.id
  inner join sync.alert_rules as r on a.rule = r.rule
  inner join lateral (values ('webhook', r.webhook_url), ('email', r.email)) as s (sink, address) on w.sink = s.sink
  inner join lateral (
    select max(n.id) as id from sync.deliveries as n
    where n.alert_id = w.alert_id and n.sink = w.sink and n.state = 'waiting'
  ) as l on true
  left join lateral (
    select d.event, d.openings, d.told_at from sync.deliveries as d
    where d.alert_id = w.alert_id and d.sink = w.sink and d.state = 'delivered'
    order by d.told_at desc
    limit 1
  ) as t on true
  left join sync.shops as h on a.shop_id = h.id
  where w.state = 'waiting' and w.next_try_at <= clock_timestamp() and s.address is not null and not exists (
    select from sync.deliveries as e
    where e.alert_id = w.alert_id and e.sink = w.sink and e.state = 'waiting' and e.id < w.id
  )
  for update of w skip locked
),

sent as materialized (
  select due.* from due where due.fate = 'now' order by due.next_try_at limit p_limit
),

dropped as (
  delete from sync.deliveries as d
  using due
  where d.alert_id = due.alert_id and d.sink = due.sink and d.state = 'waiting'
    and (d.id < due.id or due.fate = 'no news')
    and (due.fate <> 'now' or due.id in (select sent.id from sent))
),

put_off as (
  update sync.deliveries as d
  set next_try_at = due.told_at + interval '1 hour'
  from due
  where d.id = due.id and due.fate = 'later'
)

update sync.deliveries as d
set
  attempts = t.attempts + 1,
  event = t.event,
  openings = t.openings,
  next_try_at = clock_timestamp() + interval '1 minute'
from sent as t
where d.id = t.id
returning
  d.id, d.attempts, d.sink, t.address, d.event, t.rule, t.severity, t.domain, t.subject,
  t.message || case t.since - (d.event = 'raised')::integer
    when 0 then ''
    when 1 then ' It opened and cleared once meanwhile.'
    else format(' It opened and cleared %s times meanwhile.', t.since - (d.event = 'raised')::integer)
  end,
  t.remedy, t.detail, t.raised_at, t.since;
end;
comment on function sync.claim_deliveries(integer) is
'Take deliveries that are due, for a minute, with what to send and where to; openings: how often the alert was opened '
'since its sink was told last.';
