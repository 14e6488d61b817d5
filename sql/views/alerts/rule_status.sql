-- Every rule, its description with the threshold that is in force, who is told, and how many of its alerts are open.
create or replace view sync.rule_status as
select
  r.rule,
  r.severity,
  replace(r.description, 'THRESHOLD', r.threshold::text) as description,
  r.is_enabled,
  r.threshold,
  r.webhook_url,
  r.email,
  (select count(*) from sync.alerts as a where a.rule = r.rule and a.cleared_at is null) as open
from sync.alert_rules as r;
comment on view sync.rule_status is 'What is an alert, who is told, and how many are open. Addresses are among it: not for reports.';
