-- What triggers have appended and the relay has not taken yet. is_whole: it stands for every key of its entity.
create or replace view sync.queued_changes as
select q.entity, q.op, q.key, q.old_key, q.changed_at, q.op in ('attach', 'bulk', 'truncate') as is_whole
from sync.change_queue_0 as q
union all
select q.entity, q.op, q.key, q.old_key, q.changed_at, q.op in ('attach', 'bulk', 'truncate')
from sync.change_queue_1 as q;
comment on view sync.queued_changes is
'Changes of the warehouse that wait for the relay; is_whole: all keys of the entity may have changed.';
