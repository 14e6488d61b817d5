-- The fingerprint of what the migrations made: one (kind, name, definition) row per object of the schemas
-- sync and pgqueuer. Adapter objects (rendered by attach, comment 'adapter: ...') and log partitions come
-- and go while running and are left out.
with schemas as (
  select oid, nspname from pg_namespace where nspname in ('sync', 'pgqueuer')
),

relations as (
  select c.oid, c.relname, c.relkind, c.relacl, c.reloptions, c.relpartbound, s.nspname
  from pg_class as c
  inner join schemas as s on c.relnamespace = s.oid
  where
    c.relkind in ('r', 'p', 'v', 'S', 'i', 'I') and not c.relispartition
    and c.relname not in ('alembic_version', 'alembic_version_pkc')
    and coalesce(obj_description(c.oid, 'pg_class'), '') not like 'adapter: %'
),

functions as (
  select p.oid, p.proname, p.proacl, s.nspname
  from pg_proc as p
  inner join schemas as s on p.pronamespace = s.oid
  where coalesce(obj_description(p.oid, 'pg_proc'), '') not like 'adapter: %'
),

fingerprint as (
  select
    'table' as kind,
    format('%s.%s', r.nspname, r.relname) as name,
    concat_ws(' ', r.relkind, r.reloptions::text, r.relacl::text) as definition
  from relations as r
  where r.relkind in ('r', 'p', 'S')
  union all
  select
    'column',
    format('%s.%s.%s', r.nspname, r.relname, a.attname),
    concat_ws(
      ' ', format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
      pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity, ''), nullif(a.attgenerated, '')
    )
  from relations as r
  inner join pg_attribute as a on r.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef as d on a.attrelid = d.adrelid and a.attnum = d.adnum
  where r.relkind in ('r', 'p', 'v')
  union all
  select 'constraint', format('%s.%s.%s', r.nspname, r.relname, k.conname), pg_get_constraintdef(k.oid)
  from pg_constraint as k
  inner join relations as r on k.conrelid = r.oid
  where k.contype <> 'n'
  union all
  select 'index', format('%s.%s', r.nspname, r.relname), pg_get_indexdef(r.oid)
  from relations as r
  where r.relkind in ('i', 'I')
  union all
  select 'view', format('%s.%s', r.nspname, r.relname), concat_ws(' ', pg_get_viewdef(r.oid), r.relacl::text)
  from relations as r
  where r.relkind = 'v'
  union all
  select
    'function',
    format('%s.%s(%s)', f.nspname, f.proname, pg_get_function_identity_arguments(f.oid)),
    concat_ws(' ', pg_get_functiondef(f.oid), f.proacl::text)
  from functions as f
  union all
  select 'trigger', format('%s.%s.%s', r.nspname, r.relname, t.tgname), pg_get_triggerdef(t.oid)
  from pg_trigger as t
  inner join relations as r on t.tgrelid = r.oid
  where not t.tgisinternal
  union all
  select 'comment', format('%s.%s', r.nspname, r.relname), obj_description(r.oid, 'pg_class')
  from relations as r
  where obj_description(r.oid, 'pg_class') is not null
  union all
  select 'comment', format('%s.%s()', f.nspname, f.proname), obj_description(f.oid, 'pg_proc')
  from functions as f
  where obj_description(f.oid, 'pg_proc') is not null
)

select kind, name, definition
from fingerprint
order by kind, name, definition
