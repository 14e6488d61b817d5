-- loses: sync.change_queue_0, change_queue_1, change_log
-- A trigger without its queue would fail every write of the warehouse.
do $$
begin
  if exists (
    select from pg_catalog.pg_proc where pronamespace = 'sync'::pg_catalog.regnamespace and proname like 'capture\_%'
  ) then
    raise exception 'a warehouse is attached: run shelfwire detach first';
  end if;
end $$;
drop function sync.rotate_queue(bigint);
drop function sync.keep_log_partitions(integer, interval);
drop table sync.change_log, sync.change_queue_1, sync.change_queue_0;
drop sequence sync.asleep_until, sync.active_queue;
