-- loses: sync.change_queue_0, change_queue_1, change_log
drop function sync.rotate_queue(bigint);
drop function sync.keep_log_partitions(integer, interval);
drop table sync.change_log, sync.change_queue_1, sync.change_queue_0;
drop sequence sync.asleep_until, sync.active_queue;
