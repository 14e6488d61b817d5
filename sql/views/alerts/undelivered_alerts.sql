-- Messages that were given up within two days, or have failed three times and wait.
create or replace view sync.undelivered_alerts as
select
  a.rule,
  d.sink,
  count(*) as deliveries,
  max(d.error) as error
from sync.deliveries as d
inner join sync.alerts as a on d.alert_id = a.id
where
  (d.state = 'waiting' and d.attempts >= 3)
  or (d.state = 'failed' and d.created_at > clock_timestamp() - interval '2 days')
group by a.rule, d.sink;
comment on view sync.undelivered_alerts is 'Messages of alerts that did not arrive, by rule and sink, with an error of one.';
