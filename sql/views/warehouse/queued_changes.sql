-- What waits in both change queues, in no order: the relay has not seen it yet.
create or replace view sync.queued_changes as
select entity, op, key, old_key, changed_at, xid from sync.change_queue_0
union all
select entity, op, key, old_key, changed_at, xid from sync.change_queue_1;
comment on view sync.queued_changes is
'Captured changes that the relay has not taken yet, from both change queues. Keys of customers are among them.';
