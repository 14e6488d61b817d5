-- Hand webhooks to their subjects once more, by number, topic or the time from which on they came; of those that were
-- refused only, if so asked. Returns how many.
create or replace function sync.replay_webhooks(
  p_ids bigint[] default null, p_topic text default null, p_since timestamptz default null,
  p_refused boolean default false
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  update sync.webhooks as w
  set state = 'waiting', message = null, handled_at = null
  where w.state <> 'waiting' and (p_ids is null or w.id = any (p_ids)) and (p_topic is null or w.topic = p_topic)
    and (p_since is null or w.received_at >= p_since) and (not p_refused or w.state = 'refused');
  get diagnostics v_count = row_count;
  if v_count > 0 then
    perform sync.notify_listeners('sync_webhooks');
  end if;
  return v_count;
end $$;
comment on function sync.replay_webhooks(bigint[], text, timestamptz, boolean) is
'Hand webhooks to their subjects once more; returns how many.';
