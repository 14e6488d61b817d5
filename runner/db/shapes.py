"""What the database says of the mapping's selects and of the tables they read.

All of it is asked in a transaction that is rolled back: the selects are made views for a moment, for a view knows its
columns, the tables and columns it depends on, and its own text with every name qualified.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from psycopg import errors as pg

from runner.db.core import Connection
from runner.db.names import literal, name


class Column(NamedTuple):
    """A column: its type as SQL writes it, the base type's name and schema, and what can be done with its values.

    Attributes:
        is_scalar: whether two values can be compared for being the same by an operator of pg_catalog.
        is_deterministic: whether equal texts are equal bytes.
        is_virtual: it is computed when it is read: no trigger can see it.
    """

    name: str
    type: str
    base: str
    schema: str
    is_scalar: bool
    is_deterministic: bool
    is_virtual: bool


class Read(NamedTuple):
    """A relation that a select reads: which columns, and whether a table, to be watched, or something else.

    Attributes:
        relation: as SQL writes it, with its schema.
        kind: ``r`` table, ``p`` partitioned table, ``m`` materialized view, ``f`` foreign table.
        rows: how many there are, about.
        parts: schema and name of itself and of its partitions.
        is_through_view: a view reads it, which may be replaced by one that reads other columns.
    """

    oid: int
    relation: str
    kind: str
    columns: frozenset[str]
    rows: float
    parts: list[tuple[str, str]]
    is_through_view: bool


class Relation(NamedTuple):
    """A table that is to be watched, found by name."""

    oid: int
    relation: str
    kind: str
    columns: dict[str, Column]
    is_subscribed: bool
    owner: str


_COLUMNS = """
select a.attname as name,
  -- Without its length or scale, which a migration may widen: a cast would cut off what is longer by then.
  format_type(a.atttypid, -1) as type,
  case b.typtype when 'e' then 'enum' else b.typname end as base,
  quote_ident(n.nspname) as schema, a.attgenerated = 'v' as is_virtual,
  b.typtype in ('b', 'e') and b.typcategory <> 'A' and n.nspname = 'pg_catalog' and exists (
    select from pg_opclass as o join pg_am as m on m.oid = o.opcmethod
    where m.amname = 'btree' and o.opcdefault and o.opcintype in (b.oid, case b.typname when 'varchar' then 25 end,
      case b.typtype when 'e' then 'anyenum'::regtype end)
  ) as is_scalar,
  coalesce((select c.collisdeterministic from pg_collation as c where c.oid = a.attcollation), true) as is_deterministic
from pg_attribute as a
join pg_type as t on t.oid = a.atttypid
cross join lateral (
  with recursive d (oid, typtype, typbasetype) as (
    select t.oid, t.typtype, t.typbasetype
    union all
    select u.oid, u.typtype, u.typbasetype from d join pg_type as u on u.oid = d.typbasetype where d.typtype = 'd'
  )
  select d.oid from d where d.typtype <> 'd'
) as r
join pg_type as b on b.oid = r.oid
join pg_namespace as n on n.oid = b.typnamespace
where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""


async def look_in(connection: Connection, schemas: Sequence[str]) -> list[str]:
    """Look for unqualified names in these schemas, or where the role looks, until the transaction ends.

    Returns the schemas in which that is.
    """
    if schemas:
        await connection.execute(
            "select set_config('search_path', %s, true)", (", ".join(name(schema) for schema in schemas),)
        )
        return list(schemas)
    await connection.execute(
        "select set_config('search_path', reset_val, true) from pg_settings where name = 'search_path'"
    )
    cursor = await connection.execute("select pg_catalog.current_schemas(false)::text[] as schemas")
    row = await cursor.fetchone()
    return list(row["schemas"]) if row else []


async def look_nowhere(connection: Connection) -> None:
    """From now on every name is written with its schema, until the transaction ends."""
    await connection.execute("set local search_path = pg_catalog, pg_temp")


async def write_plainly(connection: Connection) -> None:
    """From now on a constant is written so that every session reads it alike, until the transaction ends."""
    await connection.execute(
        "select set_config('datestyle', 'ISO', true), set_config('intervalstyle', 'postgres', true), "
        "set_config('extra_float_digits', '3', true)"
    )


async def make_view(connection: Connection, view: str, select: str) -> None:
    """Make a select a view of schema sync, for a moment.

    Raises:
        psycopg.Error: it is no select, or names what is not there.
    """
    # By the protocol that takes one statement and no more, as everything does that is read in binary.
    await connection.execute(f"create view sync.{view} as\n{select}\n".encode(), binary=True)


async def make_keys(connection: Connection, function: str, column_type: str) -> None:
    """A function of schema sync that stands for an array of keys, for a moment."""
    await connection.execute(
        f"create function sync.{function}() returns {column_type}[] language sql stable "
        f"return null::{column_type}[]".encode()
    )


async def columns(connection: Connection, relation: str) -> dict[str, Column]:
    """The columns of a relation, written as SQL does, by name."""
    cursor = await connection.execute(_COLUMNS, (relation,))
    return {r["name"]: Column(**r) for r in await cursor.fetchall()}


async def definition(connection: Connection, view: str) -> str:
    """A view's select, with every name qualified after `look_nowhere`."""
    cursor = await connection.execute("select pg_get_viewdef(%s::regclass) as sql", (f"sync.{view}",))
    row = await cursor.fetchone()
    assert row is not None
    return str(row["sql"]).strip().removesuffix(";")


async def definitions(connection: Connection, view: str) -> str:
    """The selects of a view of ours and of all views below it."""
    cursor = await connection.execute(
        """
        with recursive v (oid) as (
          select %s::regclass::oid
          union
          select d.refobjid from v
          join pg_rewrite as r on r.ev_class = v.oid
          join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
            and d.refclassid = 'pg_class'::regclass
        )
        select string_agg(pg_get_viewdef(c.oid), ' ') as text
        from v join pg_class as c on c.oid = v.oid and c.relkind = 'v'
        """,
        (f"sync.{view}",),
    )
    row = await cursor.fetchone()
    return str(row["text"]) if row else ""


async def is_opaque(connection: Connection, view: str) -> bool:
    """Whether it cannot be told which columns a view of ours reads: it calls functions, or takes whole rows."""
    cursor = await connection.execute(
        """
        with recursive v (oid) as (
          select %s::regclass::oid
          union
          select d.refobjid from v
          join pg_rewrite as r on r.ev_class = v.oid
          join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
            and d.refclassid = 'pg_class'::regclass
        )
        select exists (
          select from v
          join pg_rewrite as r on r.ev_class = v.oid
          left join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
            and d.refclassid = 'pg_proc'::regclass
          left join pg_proc as p on p.oid = d.refobjid
          where r.ev_action like '%%:varattno 0 %%'
            or (p.oid is not null and not (p.pronamespace = 'sync'::regnamespace and p.proname like 'probe\\_%%'))
        ) as found
        """,
        (f"sync.{view}",),
    )
    row = await cursor.fetchone()
    return bool(row and row["found"])


async def reads(connection: Connection, view: str) -> list[Read]:
    """The tables that a view of ours reads, also through other views."""
    cursor = await connection.execute(
        """
        with recursive v (oid, columns, is_ours, is_through_view) as (
          select %s::regclass::oid, null::integer, true, false
          union
          select d.refobjid, d.refobjsubid, false, not v.is_ours from v
          join pg_class as c on c.oid = v.oid and c.relkind = 'v'
          join pg_rewrite as r on r.ev_class = v.oid
          join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
            and d.refclassid = 'pg_class'::regclass and d.refobjid <> v.oid
        )
        select c.oid::bigint as oid, format('%%I.%%I', n.nspname, c.relname) as relation, c.relkind::text as kind,
          p.rows, p.parts, array_remove(array_agg(distinct a.attname::text), null) as columns,
          bool_or(v.is_through_view) as is_through_view
        from v
        join pg_class as c on c.oid = v.oid and c.relkind in ('r', 'p', 'm', 'f')
        join pg_namespace as n on n.oid = c.relnamespace
        left join pg_attribute as a on a.attrelid = v.oid and a.attnum = v.columns
        cross join lateral (
          -- What nobody has analyzed yet is guessed by its size.
          select
            coalesce(sum(case when l.reltuples < 0 then pg_relation_size(l.oid) / 100 else l.reltuples end)
              filter (where l.relkind <> 'p'), 0)::float8 as rows,
            array_agg(array[s.nspname, l.relname]::text[]) as parts
          from pg_class as l join pg_namespace as s on s.oid = l.relnamespace
          where l.oid = c.oid or l.oid in (select t.relid from pg_partition_tree(c.oid) as t)
        ) as p
        where n.nspname <> 'pg_catalog'
        group by c.oid, n.nspname, c.relname, c.relkind, p.rows, p.parts
        order by 2
        """,
        (f"sync.{view}",),
    )
    return [
        Read(**{**r, "columns": frozenset(r["columns"]), "parts": [(s, t) for s, t in r["parts"]]})
        for r in await cursor.fetchall()
    ]


async def find_table(connection: Connection, schemas: Sequence[str], table: str) -> Relation | None:
    """A relation by the name that a mapping gives it: of one of some schemas, or of the schema before its dot."""
    cursor = await connection.execute(
        """
        select c.oid::bigint as oid, format('%%I.%%I', n.nspname, c.relname) as relation, c.relkind::text as kind,
          exists (select from pg_subscription_rel as s where s.srrelid = c.oid) as is_subscribed,
          quote_ident(pg_get_userbyid(c.relowner)) as owner
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
        left join unnest(%(schemas)s::text[]) with ordinality as p (schema, place) on p.schema = n.nspname
        where c.relkind in ('r', 'p', 'v', 'm', 'f')
          and ((c.relname = %(table)s and p.schema is not null) or n.nspname || '.' || c.relname = %(table)s)
        order by c.relname = %(table)s desc, p.place
        limit 1
        """,
        {"schemas": list(schemas), "table": table},
    )
    row = await cursor.fetchone()
    return Relation(**row, columns=await columns(connection, row["relation"])) if row else None


async def tables(connection: Connection, schemas: Sequence[str]) -> list[str]:
    """Names of the tables of some schemas."""
    cursor = await connection.execute(
        """
        select distinct c.relname as name from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = any (%s) and c.relkind in ('r', 'p') and not c.relispartition order by 1
        """,
        (list(schemas),),
    )
    return [r["name"] for r in await cursor.fetchall()]


class Heir(NamedTuple):
    """A table that inherits from one that is watched; ``kind`` as of `Read`."""

    relation: str
    kind: str
    is_partition: bool


async def heirs(connection: Connection, oid: int) -> list[Heir]:
    """Tables that inherit from one, at once or through others."""
    cursor = await connection.execute(
        """
        with recursive c (oid) as (
          select i.inhrelid from pg_inherits as i where i.inhparent = %s
          union
          select i.inhrelid from pg_inherits as i join c on c.oid = i.inhparent
        )
        select format('%%I.%%I', n.nspname, r.relname) as relation, r.relkind::text as kind,
          r.relispartition as is_partition
        from c
        join pg_class as r on r.oid = c.oid
        join pg_namespace as n on n.oid = r.relnamespace
        order by 1
        """,
        (oid,),
    )
    return [Heir(**r) for r in await cursor.fetchall()]


async def has_row_security(connection: Connection, oids: Sequence[int]) -> list[str]:
    """Those of some tables that would show this role only some of their rows."""
    cursor = await connection.execute(
        "select format('%%I.%%I', n.nspname, c.relname) as relation from pg_class as c "
        "join pg_namespace as n on n.oid = c.relnamespace where c.oid = any (%s) "
        "and row_security_active(c.oid) order by 1",
        (list(oids),),
    )
    return [r["relation"] for r in await cursor.fetchall()]


async def is_value(connection: Connection, text: str, column_type: str) -> bool:
    """Whether a text can be read as a value of a type. Asked in a transaction, which it does not break."""
    try:
        async with connection.transaction():
            await connection.execute(f"select {literal(text)}::{column_type}".encode())
    except pg.DataError:
        return False
    return True
