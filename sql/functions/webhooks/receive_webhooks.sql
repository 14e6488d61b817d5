-- Store deliveries whose signatures were right, all in one statement: each once, however often it comes. Whoever
-- answers Shopify does so when this is committed. Returns how many were new.
create or replace function sync.receive_webhooks(
  p_shop_ids bigint[], p_topics text[], p_webhook_ids text[], p_event_ids text[], p_api_versions text[],
  p_triggered_at timestamptz[], p_bodies bytea[]
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new integer;
begin
  -- Shopify does not send again what was answered: it must be on disk by then, whatever else the session may lose.
  perform set_config('synchronous_commit', 'on', true);
  insert into sync.webhooks (shop_id, topic, webhook_id, event_id, api_version, triggered_at, body)
  select distinct on (d.shop_id, d.webhook_id)
    d.shop_id, d.topic, d.webhook_id, d.event_id, d.api_version, d.triggered_at, d.body
  from unnest(
    p_shop_ids, p_topics, p_webhook_ids, p_event_ids, p_api_versions, p_triggered_at, p_bodies
  ) with ordinality as d (shop_id, topic, webhook_id, event_id, api_version, triggered_at, body, place)
  order by d.shop_id, d.webhook_id, d.place
  on conflict (shop_id, webhook_id) do nothing;
  get diagnostics v_new = row_count;
  if v_new > 0 then
    perform sync.notify_listeners('sync_webhooks');
  end if;
  return v_new;
end $$;
comment on function sync.receive_webhooks(bigint[], text[], text[], text[], text[], timestamptz[], bytea[]) is
'Store deliveries whose signatures were right, each once; returns how many were new.';
