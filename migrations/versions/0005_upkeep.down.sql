-- loses: sync.schedules, runs
revoke all on all tables in schema sync from sync_runner, sync_reporting;
revoke all on all sequences in schema sync from sync_runner;
revoke all on all functions in schema sync from sync_runner, sync_reporting;
grant execute on all functions in schema sync to public;
drop table sync.runs, sync.schedules;
