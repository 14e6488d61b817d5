-- What a person should know of now, the most serious first when ordered by severity.
create or replace view sync.open_alerts as
select
  a.id,
  h.domain as shop,
  a.rule,
  r.severity,
  a.subject,
  a.message,
  a.remedy,
  a.detail,
  a.raised_at,
  a.last_at,
  a.times,
  a.openings,
  clock_timestamp() - a.raised_at as open_for
from sync.alerts as a
inner join sync.alert_rules as r on a.rule = r.rule
left join sync.shops as h on a.shop_id = h.id
where a.cleared_at is null;
comment on view sync.open_alerts is 'Alerts whose reason is not gone yet; no shop: the whole house.';
