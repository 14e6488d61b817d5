-- Webhooks as they came, without what they say of people.
create or replace view sync.webhook_inbox as
select
  w.id,
  h.domain as shop,
  w.topic,
  w.state,
  w.message,
  w.received_at,
  w.triggered_at,
  w.handled_at,
  w.webhook_id,
  w.event_id,
  w.api_version,
  octet_length(w.body) as bytes,
  w.shop_id
from sync.webhooks as w
inner join sync.shops as h on w.shop_id = h.id;
comment on view sync.webhook_inbox is 'Webhooks as they came, without what they say of people.';
