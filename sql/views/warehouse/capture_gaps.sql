-- Where changes of a watched table may escape: by what the tables and their heirs are and which triggers stand on them
-- now, not by what was put there, and by the column that holds the key. Row triggers of a partitioned table stand on
-- each partition, those of others on each heir.
create or replace view sync.capture_gaps as
with recursive watched as (
  select t.watch, t.relation, t.by_row, t.tableoid
  from sync.watched_tables as t
  where t.tableoid is not null
  union all
  select u.watch, u.relation, u.by_row, i.inhrelid
  from watched as u
  inner join pg_inherits as i on u.tableoid = i.inhparent
  inner join pg_class as c on i.inhrelid = c.oid and c.relkind in ('r', 'p')
),

needed as (
  select
    u.relation, u.tableoid, e.event, format('capture_%s_%s', u.watch, e.event) as function,
    format('%I.%I', n.nspname, c.relname) as place
  from watched as u
  inner join pg_class as c on u.tableoid = c.oid
  inner join pg_namespace as n on c.relnamespace = n.oid
  cross join (values ('insert'), ('update'), ('delete'), ('truncate')) as e (event)
)

select t.relation, format('there is no table %s any more', t.relation) as gap
from sync.watched_tables as t
where t.tableoid is null
union all
select
  n.relation,
  format(
    case
      when t.oid is null then '%s of %s fires no trigger'
      when t.tgenabled = 'O' then 'the trigger for %s of %s does not fire for sessions that replicate'
      else 'the trigger for %s of %s is disabled'
    end,
    n.event, n.place
  )
from needed as n
left join lateral (
  select g.oid, g.tgenabled from pg_trigger as g
  inner join pg_proc as p on g.tgfoid = p.oid
  where g.tgrelid = n.tableoid and p.pronamespace = 'sync'::regnamespace and p.proname = n.function
  order by g.oid
  limit 1
) as t on true
where t.oid is null or t.tgenabled <> 'A'
union all
select
  n.relation,
  format(
    case
      when a.attname is null then '%s has no column %s any more'
      when a.attgenerated = 'v' then '%s.%s is computed when it is read by now, and no trigger sees it'
      else '%s.%s is of type %s by now, and was %s'
    end,
    n.relation, n.key_column, format_type(a.atttypid, a.atttypmod), n.key_type
  )
from sync.watched_tables as n
left join pg_attribute as a on n.tableoid = a.attrelid and n.key_column = a.attname and not a.attisdropped
where
  n.tableoid is not null
  and (a.attname is null or a.attgenerated = 'v' or not sync.are_alike(a.atttypid, to_regtype(n.key_type)))
union all
select n.relation, format('%s, who owns %s, may not add partitions to it', pg_get_userbyid(c.relowner), n.relation)
from sync.watched_tables as n
inner join pg_class as c on n.tableoid = c.oid and c.relkind = 'p'
where
  exists (
    select from pg_trigger as g
    inner join pg_proc as p on g.tgfoid = p.oid
    where
      g.tgrelid = c.oid and p.pronamespace = 'sync'::regnamespace
      and not has_function_privilege(c.relowner, p.oid, 'execute')
  )
union all
select u.relation, format('a subscription writes %s, which fires row triggers only', u.relation)
from watched as u
where not u.by_row and exists (select from pg_subscription_rel as s where s.srrelid = u.tableoid)
union all
select u.relation, format('a foreign table inherits from %s, and what deletes from both fails', u.relation)
from watched as u
inner join pg_inherits as i on u.tableoid = i.inhparent
inner join pg_class as c on i.inhrelid = c.oid and c.relkind = 'f'
where not u.by_row;
comment on view sync.capture_gaps is 'Where changes of a watched table may escape, in words.';
