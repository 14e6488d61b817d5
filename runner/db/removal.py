"""What has to go with Shelfwire, what would go with it, and the statements that take it out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from runner.db.core import Connection
from runner.db.names import name
from runner.db.relations import locking

# What only runners use is waited for first, and for longer: vacuum gives way after a second. Writers of the warehouse
# feel nothing of that. The first lock keeps every relay from beginning a pass, the second every upgrade.
OWN_LOCK_TIMEOUT = "set local lock_timeout = '3s'"
HOLD = (locking("relay"), "select pg_advisory_xact_lock(7305808869231650151)")


class Trigger(NamedTuple):
    """A trigger of ours on a table that is not; both as SQL writes them, the table with its schema."""

    name: str
    table: str


async def triggers(connection: Connection) -> list[Trigger]:
    """Triggers outside our schemas whose function is in schema sync; those of partitions go with them."""
    cursor = await connection.execute(
        """
        select quote_ident(t.tgname) as name, format('%I.%I', n.nspname, c.relname) as table
        from pg_trigger as t
        join pg_proc as p on p.oid = t.tgfoid
        join pg_class as c on c.oid = t.tgrelid
        join pg_namespace as n on n.oid = c.relnamespace
        where p.pronamespace = to_regnamespace('sync') and n.nspname not in ('sync', 'pgqueuer') and t.tgparentid = 0
        order by 2, 1
        """
    )
    return [Trigger(**r) for r in await cursor.fetchall()]


async def dependents(connection: Connection, schemas: Iterable[str]) -> list[str]:
    """What is not ours and would go with our schemas, in words: views, columns, keys, functions."""
    cursor = await connection.execute(
        """
        with ours as (
          select 'pg_class'::regclass as class, c.oid from pg_class as c
          join pg_namespace as n on n.oid = c.relnamespace where n.nspname = any (%(schemas)s)
          union all
          select 'pg_proc'::regclass, p.oid from pg_proc as p
          join pg_namespace as n on n.oid = p.pronamespace where n.nspname = any (%(schemas)s)
          union all
          select 'pg_type'::regclass, t.oid from pg_type as t
          join pg_namespace as n on n.oid = t.typnamespace where n.nspname = any (%(schemas)s)
        )

        select distinct case
            when d.classid = 'pg_rewrite'::regclass then pg_describe_object(x.class, x.oid, 0)
            else pg_describe_object(d.classid, d.objid, d.objsubid)
          end as dependent
        from pg_depend as d
        join ours as o on o.class = d.refclassid and o.oid = d.refobjid
        cross join lateral (
          select 'pg_class'::regclass as class, r.ev_class as oid from pg_rewrite as r
          where d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
          union all
          select 'pg_class'::regclass, f.adrelid from pg_attrdef as f
          where d.classid = 'pg_attrdef'::regclass and f.oid = d.objid
          union all
          select 'pg_class'::regclass, k.conrelid from pg_constraint as k
          where d.classid = 'pg_constraint'::regclass and k.oid = d.objid and k.conrelid <> 0
          union all
          select d.classid::regclass, d.objid
          where d.classid in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)
        ) as x
        where d.deptype in ('n', 'a')
          and not exists (select from ours as u where u.class = x.class and u.oid = x.oid)
        order by 1
        """,
        {"schemas": list(schemas)},
    )
    return [r["dependent"] for r in await cursor.fetchall()]


# Of each what is counted, and what it is called.
_COUNTS = {
    "changes that are not relayed": ("sync.queued_changes", "true"),
    "pending keys": ("sync.pending", "true"),
    "requests without an answer": ("sync.requests", "state = 'open'"),
    "jobs that wait or run": ("pgqueuer.pgqueuer", "status in ('queued', 'picked')"),
}


async def waiting(connection: Connection) -> dict[str, int]:
    """How much of each kind waits to reach a shop; none of it is zero. Without a shop nothing waits for any."""
    if not await count(connection, "sync.shops"):
        return {}
    counts = {what: await count(connection, *where) for what, where in _COUNTS.items()}
    return {what: number for what, number in counts.items() if number}


async def count(connection: Connection, relation: str, where: str = "true") -> int:
    """Rows of a relation, none if it is not there."""
    cursor = await connection.execute("select to_regclass(%s) as found", (relation,))
    row = await cursor.fetchone()
    if row is None or row["found"] is None:
        return 0
    cursor = await connection.execute(f"select count(*) as rows from {relation} where {where}".encode())
    row = await cursor.fetchone()
    return int(row["rows"]) if row else 0


async def lock_own(connection: Connection, schemas: Iterable[str]) -> str:
    """The statement that locks all tables of our schemas but those that writers of the warehouse append to."""
    cursor = await connection.execute(
        """
        select string_agg(c.oid::regclass::text, ', ' order by c.oid) as tables
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = any (%s) and c.relkind in ('r', 'p') and not c.relispartition
          and c.relname not like 'change\\_queue\\_%%'
        """,
        (list(schemas),),
    )
    row = await cursor.fetchone()
    return f"lock table {row['tables']} in access exclusive mode" if row and row["tables"] else "select"


def drop_trigger(trigger: Trigger) -> str:
    """The statement that takes a trigger off its table, if either is still there."""
    return f"drop trigger if exists {trigger.name} on {trigger.table}"


def drop_schema(schema: str) -> str:
    """The statement that removes a schema of ours with all that is in it or depends on it."""
    return f"drop schema if exists {name(schema)} cascade"


# A role that something still needs stays.
DROP_ROLES = """
do $$
declare
  v_role text;
begin
  foreach v_role in array array['sync_runner', 'sync_reporting'] loop
    begin
      execute format('drop role if exists %I', v_role);
    exception when dependent_objects_still_exist or insufficient_privilege or object_in_use then
      null;
    end;
  end loop;
end $$
"""


async def roles(connection: Connection) -> dict[str, list[str]]:
    """Our roles that are there, each with what needs it: databases by name, and objects of this one."""
    cursor = await connection.execute(
        """
        select r.rolname as role,
          array_agg(distinct case
            when d.datname = current_database() then pg_describe_object(s.classid, s.objid, s.objsubid)
            when d.datname is not null then 'database ' || d.datname
            else 'the cluster'
          end) filter (where s.refobjid is not null) as needed_by
        from pg_roles as r
        left join pg_shdepend as s on s.refclassid = 'pg_authid'::regclass and s.refobjid = r.oid
        left join pg_database as d on d.oid = s.dbid
        where r.rolname in ('sync_runner', 'sync_reporting')
        group by 1 order by 1
        """
    )
    return {r["role"]: r["needed_by"] or [] for r in await cursor.fetchall()}
