-- loses: sync.schedules, runs
drop function sync.prune_logs(interval, interval);
drop table sync.runs, sync.schedules;
