-- loses: sync.alert_rules, alerts, deliveries, events; the schedule watch_alerts
-- Locks: sync.circuits, runs, schedules and shops, each for a moment, to take its trigger.
drop trigger circuits_alert on sync.circuits;
drop trigger runs_note on sync.runs;
drop trigger schedules_note on sync.schedules;
drop trigger shops_note on sync.shops;
delete from sync.schedules where name = 'watch_alerts';
drop view sync.open_alerts, sync.alert_history, sync.recent_events;
drop function
sync.prune_logs(interval, interval),
sync.circuits_alert(),
sync.runs_note(),
sync.schedules_note(),
sync.shops_note(),
sync.watch_alerts(),
sync.judge_corrections(bigint),
sync.finish_delivery(bigint, integer, text),
sync.claim_deliveries(integer),
sync.clear_alert(text, bigint, text),
sync.raise_alert(text, bigint, text, text, text, jsonb),
sync.announce_alert(sync.alerts, text),
sync.note_event(bigint, text, text, text, jsonb);

drop table sync.deliveries, sync.alerts, sync.alert_rules, sync.events;
