-- What triggers have appended and the relay has not taken yet, and what it has taken and left to its next passes.
-- is_whole: it stands for every key of its entity.
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
inner join sync.watches as w on q.watch = w.watch
union all
select
  s.entity,
  null,
  'slice',
  case when s.keys is not null then format('(%s of %s)', cardinality(s.keys), h.domain) end,
  null,
  s.since[1],
  s.keys is null,
  null
from sync.slices as s
inner join sync.shops as h on s.shop_id = h.id
where s.keys is distinct from '{}';
comment on view sync.queued_changes is
'Changes of the warehouse that wait for the relay; is_whole: all keys of the entity may have changed; slice: so many '
'keys that it has still to look at.';
