"""Who has more or less than the files in ``sql/`` give: roles, what stands open to all, default privileges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg import errors as pg

from runner.db.names import literal
from runner.errors import DatabaseError

ROLES = ("sync_runner", "sync_reporting")
_OURS = f"array[{', '.join(map(literal, ROLES))}]"

# Each row: what is amiss, and the statement that mends it.
_ROLES = """
select format('role %s is missing', n.name), format('create role %I nologin', n.name)
from unnest({roles}) as n (name)
where not exists (select from pg_roles as r where r.rolname = n.name)
union all
select
  format('role %s may %s', r.rolname, a.words), format('alter role %I %s', r.rolname, a.statement)
from pg_roles as r
cross join lateral (
  values
    (r.rolsuper, 'do anything: it is a superuser', 'nosuperuser'),
    (r.rolcreaterole, 'make roles', 'nocreaterole'),
    (r.rolcreatedb, 'make databases', 'nocreatedb'),
    (r.rolreplication, 'replicate', 'noreplication'),
    (r.rolbypassrls, 'read past row security', 'nobypassrls')
) as a (has, words, statement)
where r.rolname = any ({roles}) and a.has
union all
select
  format('role %s is a member of %s', r.rolname, pg_get_userbyid(m.roleid)),
  format('revoke %I from %I', pg_get_userbyid(m.roleid), r.rolname)
from pg_auth_members as m
join pg_roles as r on r.oid = m.member
where r.rolname = any ({roles})
"""

_OPENED = """
-- What attach renders is not among what is compared, and is nobody's but the runner's.
select
  format('grant execute on %s to public is not in sql/', p.oid::regprocedure),
  format('revoke execute on function %s from public', p.oid::regprocedure)
from pg_proc as p
cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as g
where p.pronamespace = 'sync'::regnamespace and obj_description(p.oid, 'pg_proc') like 'adapter: %' and g.grantee = 0
union all
select
  format('by default %s on new %s of schema %s goes to %s', lower(g.privilege_type), o.words, s.nspname, w.name),
  format(
    'alter default privileges for role %I in schema %I revoke %s on %s from %s',
    pg_get_userbyid(d.defaclrole), s.nspname, g.privilege_type, o.words, w.name
  )
from pg_default_acl as d
join pg_namespace as s on s.oid = d.defaclnamespace and s.nspname in ('sync', 'pgqueuer')
cross join aclexplode(d.defaclacl) as g
cross join lateral (
  select
    case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' else 'types' end
) as o (words)
cross join lateral (
  select case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end
) as w (name)
where g.grantee = 0 or pg_get_userbyid(g.grantee) = any ({roles})
union all
select format('index %s is invalid', i.indexrelid::regclass), format('reindex index %s', i.indexrelid::regclass)
from pg_index as i
join pg_class as c on c.oid = i.indexrelid and c.relnamespace in (
  select n.oid from pg_namespace as n where n.nspname in ('sync', 'pgqueuer')
)
where not i.indisvalid
"""

_NEEDS = """
select format('grant create on database %I to %I', current_database(), current_user)
where not has_database_privilege(current_database(), 'create')
  and exists (
    select from unnest(array['sync', 'pgqueuer']) as n (name)
    where not exists (select from pg_namespace as s where s.nspname = n.name)
  )
"""


@dataclass(frozen=True)
class Amiss:
    """Something that somebody has more or less than he should, and the statement that mends it."""

    finding: str
    statement: str


def roles(connection: Connection[Any]) -> list[Amiss]:
    """What is amiss with our roles, which belong to the whole cluster."""
    return _found(connection, _ROLES)


def opened(connection: Connection[Any]) -> list[Amiss]:
    """What else is amiss in this database, beside what the catalog tells."""
    return _found(connection, _OPENED)


def settle(connection: Connection[Any]) -> list[str]:
    """Mend what is amiss with our roles; returns a line for each.

    Raises:
        DatabaseError: the role may not; says what an administrator has to run.
    """
    needed = [str(statement) for (statement,) in connection.execute(_NEEDS).fetchall()]
    notes = []
    for amiss in roles(connection):
        try:
            with connection.transaction():
                connection.execute(amiss.statement.encode())
        except pg.InsufficientPrivilege:
            needed.append(amiss.statement)
        except (pg.DuplicateObject, pg.UniqueViolation):
            pass  # Another database was faster.
        else:
            notes.append(f"{amiss.finding.capitalize()}: mended.")
    if needed:
        (user,) = connection.execute("select current_user").fetchone() or ("this role",)
        raise DatabaseError(
            f"The role {user} may not do all that is needed.",
            remedy="Have an administrator run:\n" + "".join(f"  {s};\n" for s in needed) + "Then: shelfwire db upgrade",
        )
    return notes


def _found(connection: Connection[Any], query: str) -> list[Amiss]:
    found = connection.execute(query.replace("{roles}", _OURS).encode()).fetchall()
    return [Amiss(str(finding), str(statement)) for finding, statement in sorted(found)]
