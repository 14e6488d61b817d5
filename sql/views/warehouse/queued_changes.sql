-- What triggers have appended and the relay has not taken yet. is_whole: it stands for every key of its entity.
create or replace view sync.queued_changes as
select
  w.entity,
  w.relation,
  q.op,
  q.key,
  q.old_key,
  q.changed_at,
  q.key is null and q.old_key is null as is_whole,
  w.watch
from (
  select watch, op, key, old_key, changed_at from sync.change_queue_0
  union all
  select watch, op, key, old_key, changed_at from sync.change_queue_1
) as q
inner join sync.watches as w on q.watch = w.watch;
comment on view sync.queued_changes is
'Changes of the warehouse that wait for the relay; is_whole: all keys of the entity may have changed.';
