-- Where changes of a watched table may escape: by the identity of tables and triggers, not by their names. Row triggers
-- of a partitioned table stand on each partition, those of other tables on every table that inherits.
create or replace view sync.capture_gaps as
with recursive watched as (
  select w.watch, w.relation, w.by_row, w.relid, w.relid as tableoid, false as is_partition
  from sync.watches as w
  where w.relid = to_regclass(w.relation)
  union all
  select u.watch, u.relation, u.by_row, u.relid, i.inhrelid, c.relispartition
  from watched as u
  inner join pg_inherits as i on u.tableoid = i.inhparent
  inner join pg_class as c on i.inhrelid = c.oid and c.relkind in ('r', 'p')
),

needed as (
  select
    u.*, e.event, format('capture_%s_%s', u.watch, e.event) as function,
    u.tableoid::regclass::text as place
  from watched as u
  cross join (values ('insert'), ('update'), ('delete'), ('truncate')) as e (event)
)

select w.relation, format('there is no table %s any more', w.relation) as gap
from sync.watches as w
where w.relid is not null and to_regclass(w.relation) is null
union all
select w.relation, format('another table is called %s by now', w.relation)
from sync.watches as w
where w.relid <> to_regclass(w.relation)
union all
select
  n.relation,
  format(
    case when t.oid is null then '%s of %s fires no trigger' else 'the trigger for %s of %s is disabled' end,
    n.event, n.place
  )
from needed as n
left join lateral (
  select g.oid, g.tgenabled from pg_trigger as g
  inner join pg_proc as p on g.tgfoid = p.oid
  where
    g.tgrelid = n.tableoid and p.pronamespace = 'sync'::regnamespace and p.proname = n.function
  limit 1
) as t on true
where t.oid is null or t.tgenabled not in ('O', 'A')
union all
select u.relation, format('a subscription writes %s, which fires row triggers only', u.relation)
from watched as u
where not u.by_row and exists (select from pg_subscription_rel as s where s.srrelid = u.tableoid);
comment on view sync.capture_gaps is 'Where changes of a watched table may escape, in words.';
