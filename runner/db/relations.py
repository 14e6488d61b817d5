"""The warehouse's tables and what of ours stands on them: triggers, functions, and what is noted of a mapping."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from runner.db.core import Connection, Row, connect, translated
from runner.db.names import literal, name
from runner.db.session import SETTINGS, local


def locking(lock: str) -> str:
    """A statement that waits for one of `sync.locks`; where the table is gone, nobody else is at it."""
    return (
        f"do $$ begin perform from sync.locks where name = {literal(lock)} for update; "
        "exception when undefined_table or undefined_column then null; end $$"
    )


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Connection]:
    """A connection of the role that owns the warehouse's tables."""
    connection = await connect(dsn)
    async with connection:
        with translated():
            yield connection


@asynccontextmanager
async def examining(connection: Connection) -> AsyncIterator[None]:
    """A transaction that leaves nothing behind."""
    async with connection.transaction(force_rollback=True):
        await connection.execute(local())
        # What is looked at must be all there is: a table with row security fails aloud.
        await connection.execute("select set_config('row_security', 'off', true)")
        yield


async def wait_at_most(connection: Connection, milliseconds: int) -> None:
    """Wait for no lock longer, until the transaction ends."""
    await connection.execute("select set_config('lock_timeout', %s, true)", (f"{milliseconds}ms",))


async def run(connection: Connection, script: str) -> None:
    """Run statements in the transaction at hand."""
    await connection.execute(script.encode())


async def apply(connection: Connection, tables: Sequence[str], statements: Sequence[str], lock_timeout: int) -> None:
    """Run statements in one transaction that locks some tables against writers first, in the order given.

    Waits for no lock longer than so many milliseconds.

    Raises:
        psycopg.errors.LockNotAvailable, DeadlockDetected: nothing was applied.
    """
    async with connection.transaction():
        await connection.execute(local({**SETTINGS, "lock_timeout": f"{lock_timeout}ms"}))
        await connection.execute(locking("attach").encode())
        for table in tables:
            await connection.execute(f"lock table only {table} in share row exclusive mode".encode())
        for statement in statements:
            await connection.execute(statement.encode())


class CaptureTrigger(NamedTuple):
    """A trigger of ours and its table, as SQL writes it with its schema."""

    name: str
    relation: str


async def capture_triggers(connection: Connection) -> list[CaptureTrigger]:
    """Our triggers on warehouse tables; not those that partitions have from their parents."""
    cursor = await connection.execute(
        """
        select t.tgname as name, format('%I.%I', n.nspname, c.relname) as relation
        from pg_trigger as t
        join pg_proc as p on p.oid = t.tgfoid
        join pg_class as c on c.oid = t.tgrelid
        join pg_namespace as n on n.oid = c.relnamespace
        where p.pronamespace = 'sync'::regnamespace and p.proname like 'capture\\_%' and t.tgparentid = 0
        order by 2, 1
        """
    )
    return [CaptureTrigger(**r) for r in await cursor.fetchall()]


async def capture_functions(connection: Connection) -> list[str]:
    """Names of our trigger functions, in schema sync."""
    cursor = await connection.execute(
        "select p.proname as name from pg_proc as p "
        "where p.pronamespace = 'sync'::regnamespace and p.proname like 'capture\\_%' order by 1"
    )
    return [r["name"] for r in await cursor.fetchall()]


async def attached_fingerprint(connection: Connection) -> str | None:
    """Of what attach has rendered; None while no warehouse is attached."""
    cursor = await connection.execute("select m.fingerprint from sync.mapping as m")
    row = await cursor.fetchone()
    return row["fingerprint"] if row else None


async def watches(connection: Connection) -> list[Row]:
    """All tables that are watched, or were: rows of sync.watches."""
    cursor = await connection.execute("select * from sync.watches order by watch")
    return await cursor.fetchall()


async def capture_gaps(connection: Connection) -> list[str]:
    """Where changes may escape, in words."""
    cursor = await connection.execute("select g.gap from sync.capture_gaps as g order by g.relation, g.gap")
    return [r["gap"] for r in await cursor.fetchall()]


async def mapping_faults(connection: Connection) -> list[str]:
    """Entries of the mapping that could not be read, in words."""
    cursor = await connection.execute(
        "select format('[%s] cannot be read: %s', f.entry, f.message) as fault from sync.mapping_faults as f order by 1"
    )
    return [r["fault"] for r in await cursor.fetchall()]


class Watch(NamedTuple):
    """What is noted of a watched table: a row of sync.watches."""

    watch: int
    relation: str
    entity: str
    key_column: str
    key_type: str
    is_translated: bool
    feeds: list[str]
    by_row: bool


def note_mapping(fingerprint: str, recheck: str | None, found: Sequence[Watch]) -> str:
    """The statements that note what is attached, and make the relay look at all keys, whatever they were before."""
    values = ",\n".join(
        f"({w.watch}, {literal(w.relation)}, {literal(w.entity)}, {literal(w.key_column)}, {literal(w.key_type)}, "
        f"{w.is_translated}, {literal('{' + ','.join(w.feeds) + '}')}, {w.by_row})"
        for w in found
    )
    interval = "null" if recheck is None else f"{literal(recheck)}::interval"
    return f"""
update sync.watches set is_watched = false;
insert into sync.watches (
  watch, relation, entity, key_column, key_type, is_translated, feeds, by_row
)
values
{values}
on conflict (watch) do update
set is_watched = true, is_translated = excluded.is_translated, feeds = excluded.feeds,
  by_row = excluded.by_row;
update sync.watches as w set state = sync.state_of(t.tableoid), written = null
from sync.watched_tables as t where t.watch = w.watch;
insert into sync.mapping (fingerprint, recheck) values ({literal(fingerprint)}, {interval})
on conflict (is_only) do update
set fingerprint = excluded.fingerprint, recheck = excluded.recheck, rechecked_at = now(), attached_at = now();
update sync.mapping_faults set probe_at = now();
select sync.look_at_all('attach');
"""


FORGET_MAPPING = """
update sync.watches set is_watched = false;
delete from sync.mapping;
select sync.clear_alert('mapping_broken', null, f.entry) from sync.mapping_faults as f;
delete from sync.mapping_faults;
"""


def drop_trigger(trigger: CaptureTrigger) -> str:
    """The statement that takes a trigger of ours off its table."""
    return f"drop trigger {name(trigger.name)} on {trigger.relation}"


def drop_function(function: str) -> str:
    """The statement that removes a capture function."""
    return f"drop function sync.{function}()"
