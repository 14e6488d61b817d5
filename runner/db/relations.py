"""What the warehouse's tables look like, and which triggers of ours stand on them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, cast

from psycopg import errors as pg

from runner.db.core import Connection, connect, translated


def name(identifier: str) -> str:
    """An identifier as SQL writes it."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Connection]:
    """A connection on which types are written with their schema, as in the functions that are rendered."""
    connection = await connect(dsn)
    async with connection:
        with translated():
            await connection.execute("set search_path = pg_catalog, pg_temp")
            yield connection


async def apply(connection: Connection, statements: Sequence[str], lock_timeout: int) -> None:
    """Run statements in one transaction that waits for no lock longer than so many milliseconds.

    Raises:
        psycopg.errors.LockNotAvailable, DeadlockDetected: nothing was applied.
    """
    async with connection.transaction():
        await connection.execute(f"set local lock_timeout = '{lock_timeout}ms'".encode())
        for statement in statements:
            await connection.execute(statement.encode())


async def columns(connection: Connection, schema: str, table: str) -> tuple[str, dict[str, str]] | None:
    """Kind (``r`` table, ``p`` partitioned, ``v`` view ...) and column types of a relation; None if there is none.

    The type of a virtual generated column, which no trigger can see, is empty.
    """
    cursor = await connection.execute(
        """
        select c.relkind::text as kind, a.attname as name,
          case when a.attgenerated = 'v' then '' else format_type(a.atttypid, a.atttypmod) end as type
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
        left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where n.nspname = %s and c.relname = %s and c.relkind not in ('i', 'I', 'S', 't', 'c')
        """,
        (schema, table),
    )
    rows = await cursor.fetchall()
    return (rows[0]["kind"], {r["name"]: r["type"] for r in rows}) if rows else None


async def tables(connection: Connection, schema: str) -> list[str]:
    """Names of the tables of a schema."""
    cursor = await connection.execute(
        """
        select c.relname as name from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = %s and c.relkind in ('r', 'p') and not c.relispartition order by 1
        """,
        (schema,),
    )
    return [r["name"] for r in await cursor.fetchall()]


async def is_comparable(connection: Connection, column_type: str) -> bool:
    """Whether a trigger function, which has no search path, can compare two values of a type."""
    try:
        await connection.execute(f"select row(null::{column_type}) is distinct from row(null::{column_type})".encode())
        # An array or a row has an equality operator whatever it is made of.
        await connection.execute(f"select from (select distinct null::{column_type}) as found".encode())
    except pg.UndefinedFunction:
        return False
    return True


async def is_value(connection: Connection, text: str, column_type: str) -> bool:
    """Whether a text can be read as a value of a type."""
    try:
        await connection.execute(f"select {literal(text)}::{column_type}".encode())
    except pg.DataError:
        return False
    return True


async def has_index_on(connection: Connection, schema: str, table: str, column: str) -> bool:
    """Whether some index of the table begins with this column."""
    cursor = await connection.execute(
        """
        select exists (
          select from pg_index as i
          join pg_class as c on c.oid = i.indrelid
          join pg_namespace as n on n.oid = c.relnamespace
          join pg_attribute as a on a.attrelid = c.oid and a.attnum = i.indkey[0]
          where n.nspname = %s and c.relname = %s and a.attname = %s and i.indisvalid and i.indpred is null
        ) as found
        """,
        (schema, table, column),
    )
    row = await cursor.fetchone()
    return bool(row and row["found"])


class CaptureTrigger(NamedTuple):
    """A trigger of ours: its name, schema and table, and that table quoted with its schema."""

    name: str
    schema: str
    table: str
    relation: str


async def capture_triggers(connection: Connection) -> list[CaptureTrigger]:
    """Our triggers on warehouse tables."""
    cursor = await connection.execute(
        """
        select t.tgname as name, n.nspname as schema, c.relname as table,
               format('%I.%I', n.nspname, c.relname) as relation
        from pg_trigger as t
        join pg_proc as p on p.oid = t.tgfoid
        join pg_class as c on c.oid = t.tgrelid
        join pg_namespace as n on n.oid = c.relnamespace
        where p.pronamespace = 'sync'::regnamespace and p.proname like 'capture\\_%' and t.tgparentid = 0
        order by 2, 3, 1
        """
    )
    return [CaptureTrigger(**r) for r in await cursor.fetchall()]


async def silent_triggers(connection: Connection) -> list[str]:
    """Our triggers that do not fire for ordinary sessions, those of partitions included: ``name on table``."""
    cursor = await connection.execute(
        """
        select format('%I on %s', t.tgname, t.tgrelid::regclass) as silent
        from pg_trigger as t
        join pg_proc as p on p.oid = t.tgfoid
        where p.pronamespace = 'sync'::regnamespace and p.proname like 'capture\\_%' and t.tgenabled not in ('O', 'A')
        order by 1
        """
    )
    return [r["silent"] for r in await cursor.fetchall()]


async def capture_functions(connection: Connection) -> list[str]:
    """Names of our trigger functions, in schema sync."""
    cursor = await connection.execute(
        """
        select p.proname as name from pg_proc as p
        where p.pronamespace = 'sync'::regnamespace and p.proname like 'capture\\_%' order by 1
        """
    )
    return [r["name"] for r in await cursor.fetchall()]


async def attached_fingerprint(connection: Connection) -> str | None:
    """What attach noted about the adapter it rendered; None while no warehouse is attached."""
    cursor = await connection.execute(
        "select obj_description('sync.read_stock(text[])'::regprocedure, 'pg_proc') as comment"
    )
    row = await cursor.fetchone()
    comment = cast(str, row["comment"] or "") if row else ""
    found = comment.removeprefix("adapter: ")
    return found if len(found) == 64 else None


def note_attached(entities: Sequence[str]) -> str:
    """The statement that makes the relay look at all keys, whatever they were before."""
    listed = ", ".join(literal(entity) for entity in entities)
    return f"insert into sync.change_queue_0 (entity, op) select unnest(array[{listed}]), 'attach'"


def drop_trigger(trigger: CaptureTrigger) -> str:
    """The statement that takes a trigger of ours off its table."""
    return f"drop trigger {name(trigger.name)} on {trigger.relation}"


def drop_function(function: str) -> str:
    """The statement that removes a capture function."""
    return f"drop function sync.{function}()"
