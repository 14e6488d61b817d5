-- The fingerprint of what the migrations made: (kind, name, definition) rows for every object of the schemas
-- sync and pgqueuer. Adapter objects (rendered by attach, comment 'adapter: ...') and log partitions come
-- and go while running and are left out.
with schemas as (
  select oid, nspname, nspacl, nspowner from pg_namespace where nspname in ('sync', 'pgqueuer')
),

relations as (
  select c.oid, c.relname, c.relkind, c.relacl, c.relowner, c.reloptions, c.relpersistence, c.relrowsecurity,
    s.nspname
  from pg_class as c
  inner join schemas as s on c.relnamespace = s.oid
  where
    c.relkind in ('r', 'p', 'v', 'S', 'i', 'I')
    and (not c.relispartition or pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT')
    and c.relname not in ('alembic_version', 'alembic_version_pkc')
    and coalesce(obj_description(c.oid, 'pg_class'), '') not like 'adapter: %'
),

functions as (
  select p.oid, p.proname, p.proacl, p.proowner, s.nspname
  from pg_proc as p
  inner join schemas as s on p.pronamespace = s.oid
  where coalesce(obj_description(p.oid, 'pg_proc'), '') not like 'adapter: %'
),

grants as (
  -- No grants and only the default ones are the same; the owner's name differs between servers.
  select 'schema ' || s.nspname as name, s.nspowner as owner, g.* from schemas as s
  cross join aclexplode(coalesce(s.nspacl, acldefault('n', s.nspowner))) as g
  union all
  select format('%s.%s', r.nspname, r.relname), r.relowner, g.* from relations as r
  cross join aclexplode(
    coalesce(r.relacl, acldefault((case r.relkind when 'S' then 's' else 'r' end)::"char", r.relowner))
  ) as g
  where r.relkind in ('r', 'p', 'v', 'S')
  union all
  select format('%s.%s.%s', r.nspname, r.relname, a.attname), r.relowner, g.* from relations as r
  inner join pg_attribute as a on r.oid = a.attrelid
  cross join aclexplode(a.attacl) as g
  union all
  select format('%s.%s()', f.nspname, f.proname), f.proowner, g.* from functions as f
  cross join aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) as g
),

fingerprint as (
  select
    'grant' as kind,
    format(
      '%s on %s to %s', lower(g.privilege_type), g.name,
      case when g.grantee = 0 then 'public' else pg_get_userbyid(g.grantee)::text end
    ) as name,
    case when g.is_grantable then 'with grant option' else '' end as definition
  from grants as g
  where g.grantee <> g.owner
  union all
  select
    'type',
    format('%s.%s', s.nspname, t.typname),
    (select string_agg(e.enumlabel, ' ' order by e.enumsortorder) from pg_enum as e where e.enumtypid = t.oid)
  from pg_type as t
  inner join schemas as s on t.typnamespace = s.oid
  where t.typtype in ('e', 'd')
  union all
  select
    'type',
    format('%s.%s', s.nspname, c.relname),
    (
      select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
      from pg_attribute as a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    )
  from pg_class as c
  inner join schemas as s on c.relnamespace = s.oid
  where c.relkind = 'c'
  union all
  select
    'table',
    format('%s.%s', r.nspname, r.relname),
    concat_ws(
      ' ', r.relkind, nullif(r.relpersistence, 'p'), r.reloptions::text, pg_get_partkeydef(r.oid),
      case when r.relrowsecurity then 'row level security' end,
      q.seqmin, q.seqmax, q.seqstart, q.seqincrement, q.seqcycle
    )
  from relations as r
  left join pg_sequence as q on r.oid = q.seqrelid
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
  select 'view', format('%s.%s', r.nspname, r.relname), concat_ws(' ', r.reloptions::text, pg_get_viewdef(r.oid))
  from relations as r
  where r.relkind = 'v'
  union all
  select
    'function',
    format('%s.%s(%s)', f.nspname, f.proname, pg_get_function_identity_arguments(f.oid)),
    pg_get_functiondef(f.oid)
  from functions as f
  union all
  select
    'trigger',
    format('%s.%s.%s', r.nspname, r.relname, t.tgname),
    concat_ws(' ', pg_get_triggerdef(t.oid), nullif(t.tgenabled, 'O'))
  from pg_trigger as t
  inner join relations as r on t.tgrelid = r.oid
  where not t.tgisinternal
  union all
  select 'comment', format('%s.%s', r.nspname, r.relname), obj_description(r.oid, 'pg_class')
  from relations as r
  where obj_description(r.oid, 'pg_class') is not null
  union all
  select 'comment', format('%s.%s.%s', r.nspname, r.relname, a.attname), col_description(r.oid, a.attnum)
  from relations as r
  inner join pg_attribute as a on r.oid = a.attrelid
  where col_description(r.oid, a.attnum) is not null
  union all
  select 'comment', 'schema ' || s.nspname, obj_description(s.oid, 'pg_namespace')
  from schemas as s
  where obj_description(s.oid, 'pg_namespace') is not null
  union all
  select 'comment', format('%s.%s()', f.nspname, f.proname), obj_description(f.oid, 'pg_proc')
  from functions as f
  where obj_description(f.oid, 'pg_proc') is not null
)

select kind, name, definition
from fingerprint
order by kind, name, definition
