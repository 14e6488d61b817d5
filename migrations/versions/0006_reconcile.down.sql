-- loses: sync.runs.attempt, reached, advanced_at; the schedule reconcile_inventory
revoke select on sync.open_discrepancies from sync_reporting;
revoke insert, update, delete on sync.discrepancies from sync_runner;
drop function sync.record_discrepancies(bigint, boolean);
drop function sync.advance_run(bigint, integer, integer, integer, text);
drop function sync.claim_run(bigint, text);
delete from sync.schedules where name = 'reconcile_inventory';
drop index sync.runs_one_at_a_time_idx;
alter table sync.runs
drop column attempt,
drop column reached,
drop column advanced_at;
