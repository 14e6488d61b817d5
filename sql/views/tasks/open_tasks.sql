-- What waits for a person to do it.
create or replace view sync.open_tasks as
select
  t.id,
  h.domain as shop,
  t.kind,
  t.subject,
  t.message,
  t.remedy,
  t.source,
  t.opened_at,
  clock_timestamp() - t.opened_at as open_for
from sync.tasks as t
left join sync.shops as h on t.shop_id = h.id
where t.done_at is null;
comment on view sync.open_tasks is 'What waits for a person to do it, with the remedy; no shop: the whole house.';
