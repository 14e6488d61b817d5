-- What a table is made of, with all that inherit from it: another when one of them has come or gone, was rewritten, or
-- has had its columns or our triggers changed. Writing, vacuum and analyze leave it as it is.
create or replace function sync.state_of(p_table oid) returns text
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with recursive tree (oid) as (
  select p_table
  union
  select i.inhrelid from pg_inherits as i inner join tree as t on i.inhparent = t.oid
)

select md5(string_agg(concat_ws(',', c.oid, c.xmin, c.relfilenode, a.columns, g.triggers), ';' order by c.oid))
from tree as t
inner join pg_class as c on t.oid = c.oid
cross join lateral (
  select string_agg(b.xmin::text, ' ' order by b.attnum) as columns
  from pg_attribute as b
  where b.attrelid = c.oid and b.attnum > 0
) as a
cross join lateral (
  select string_agg(r.oid || ' ' || r.xmin, ' ' order by r.oid) as triggers
  from pg_trigger as r
  inner join pg_proc as p on r.tgfoid = p.oid
  where r.tgrelid = c.oid and p.pronamespace = 'sync'::regnamespace
) as g;
end;
comment on function sync.state_of(oid) is 'What a table and its heirs are made of, as a text to compare.';
