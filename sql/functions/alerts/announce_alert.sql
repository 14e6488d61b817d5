-- An alert was opened or cleared: queue its deliveries, note the event, wake who delivers. A sink that was told of this
-- alert within the hour is told when the hour is over: claim_deliveries() says then what is true by that time.
create or replace function sync.announce_alert(p_alert sync.alerts, p_event text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule sync.alert_rules;
begin
  select r.* into strict v_rule from sync.alert_rules as r where r.rule = p_alert.rule;
  -- Of what waits the first stays, for somebody may be about to tell it; the new one stands for the others.
  delete from sync.deliveries as d
  where d.id = any (array(
    select w.id from sync.deliveries as w
    where w.alert_id = p_alert.id and w.state = 'waiting' and w.attempts = 0 and exists (
      select from sync.deliveries as e
      where e.alert_id = w.alert_id and e.sink = w.sink and e.state = 'waiting' and e.id < w.id
    )
    for update skip locked
  ));
  insert into sync.deliveries (alert_id, sink, event, next_try_at)
  select p_alert.id, s.sink, p_event, greatest(clock_timestamp(), (
    select max(d.told_at) + interval '1 hour' from sync.deliveries as d where d.alert_id = p_alert.id and d.sink = s.sink
  ))
  from (values ('webhook', v_rule.webhook_url), ('email', v_rule.email)) as s (sink, address)
  where s.address is not null and v_rule.is_enabled;
  perform sync.note_event(
    p_alert.shop_id, 'alert_' || p_event, p_alert.rule, p_alert.message,
    jsonb_build_object('alert_id', p_alert.id, 'severity', v_rule.severity, 'subject', p_alert.subject)
  );
  perform sync.notify_listeners(
    'sync_alerts',
    json_build_object(
      'event', p_event, 'alert_id', p_alert.id, 'rule', p_alert.rule, 'severity', v_rule.severity,
      'shop_id', p_alert.shop_id, 'subject', left(p_alert.subject, 200)
    )::text
  );
end $$;
comment on function sync.announce_alert(sync.alerts, text) is
'An alert was opened or cleared: queue its deliveries, note the event, notify sync_alerts.';
