-- The tables that are watched, each as it is found by its name now, null if there is none. What is called so today
-- counts, whatever it was when it was attached: a table that was restored or swapped by rename has another oid.
create or replace view sync.watched_tables as
select w.watch, w.relation, w.by_row, w.key_column, w.key_type, t.tableoid
from sync.watches as w
left join lateral (
  select c.oid as tableoid
  from pg_class as c
  inner join pg_namespace as n on c.relnamespace = n.oid
  where format('%I.%I', n.nspname, c.relname) = w.relation and c.relkind in ('r', 'p', 'v', 'm', 'f')
  order by c.oid
  limit 1
) as t on true
where w.is_watched;
comment on view sync.watched_tables is 'The tables that are watched, as they are found by their names now.';
