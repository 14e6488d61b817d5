-- loses: the jobs that wait, PgQueuer's log and statistics
drop schema pgqueuer cascade;
