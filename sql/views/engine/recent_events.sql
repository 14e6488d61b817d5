-- What happened, as far back as events are kept.
create or replace view sync.recent_events as
select
  e.id,
  e.at,
  h.domain as shop,
  e.kind,
  e.subject,
  e.message,
  e.detail
from sync.events as e
left join sync.shops as h on e.shop_id = h.id;
comment on view sync.recent_events is
'What happened in the last 30 days: circuits, modes, guards, runs, alerts, shops, schedules, retried refusals.';
