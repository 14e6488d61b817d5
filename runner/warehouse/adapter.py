"""Attach the warehouse: render the adapter from its mapping, check it, apply it without making writers wait."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from psycopg import errors as pg

from runner.db import relations as db
from runner.db.core import Connection
from runner.db.relations import CaptureTrigger, Watch
from runner.errors import DatabaseError, MappingError
from runner.warehouse import check
from runner.warehouse.check import Report
from runner.warehouse.mapping import MappingFile
from runner.warehouse.render import TEMPLATES, Rendered, render
from runner.warehouse.shape import EVENTS, Shape
from runner.warehouse.survey import examine

LOCK_TIMEOUT_MS = 100
ATTEMPTS = 60
T = TypeVar("T")


@dataclass(frozen=True)
class _Change:
    """What attaching comes to: the tables to lock, the statements to run, how many tables are watched."""

    tables: list[str]
    statements: list[str]
    watched: int
    report: Report


async def preview(dsn: str, file: MappingFile) -> str:
    """The SQL that `attach` would run.

    Raises:
        MappingError: as `examine`.
    """
    async with db.connected(dsn) as connection, db.examining(connection):
        shape, watches, rendered = await _render(connection, file)
        return rendered.script + db.note_mapping(rendered.fingerprint, shape.recheck, watches)


async def inspect(dsn: str, file: MappingFile) -> Report:
    """What attaching would come to, and what could go wrong later; nothing is changed.

    Raises:
        MappingError: as `examine`.
    """
    async with db.connected(dsn) as connection, db.examining(connection):
        shape, _, rendered = await _render(connection, file)
        await db.run(connection, rendered.source)
        return await check.report(connection, file, shape)


async def fingerprint(dsn: str, file: MappingFile) -> str:
    """What attaching this file now would note.

    Raises:
        MappingError: as `examine`.
    """
    async with db.connected(dsn) as connection, db.examining(connection):
        return (await _render(connection, file))[2].fingerprint


async def attach(dsn: str, file: MappingFile) -> list[str]:
    """Attach the warehouse in one transaction; returns notes for the person who asked.

    Attaching the same mapping again changes nothing and takes no lock. A writer never queues behind this for
    longer than ``LOCK_TIMEOUT_MS``: a lock that is not had by then is given up and tried again.

    Raises:
        MappingError: as `examine`, or the mapping cannot be used as it is; nothing is applied.
        DatabaseError: no rights, or no lock in ``ATTEMPTS`` attempts; nothing is applied.
    """
    async with db.connected(dsn) as connection:
        change = await _patiently(lambda: _examined(connection, file))
        if change is None:
            return ["This mapping is attached already; nothing was changed."]
        if change.report.refusals:
            raise MappingError("\n".join(change.report.refusals))
        await apply(connection, change.tables, change.statements)
        return [
            f"Attached: {change.watched} tables are watched. With shops: run shelfwire link.",
            *change.report.advice,
        ]


async def detach(dsn: str) -> list[str]:
    """Remove every trigger and function of ours from the warehouse; returns notes for the person who asked.

    Raises:
        DatabaseError: as `attach`.
    """
    async with db.connected(dsn) as connection:
        async with db.examining(connection):
            triggers = await db.capture_triggers(connection)
            functions = await db.capture_functions(connection)
        tables = sorted({t.relation for t in triggers})
        statements = [
            *(db.drop_trigger(t) for t in triggers),
            *(db.drop_function(f) for f in functions),
            (TEMPLATES / "detached.sql").read_text(),
            db.FORGET_MAPPING,
        ]
        await apply(connection, tables, statements)
        return [f"Removed {len(triggers)} triggers from {len(tables)} tables."]


async def _render(connection: Connection, file: MappingFile) -> tuple[Shape, list[Watch], Rendered]:
    shape = await examine(connection, file)
    known = {
        (w["relation"], w["entity"], w["key_column"], w["key_type"]): w["watch"] for w in await db.watches(connection)
    }
    numbers: list[int] = []
    for c in shape.captures:
        numbers.append(
            known.get((c.relation, c.entity, c.key.name, c.key.type)) or max([0, *known.values(), *numbers]) + 1
        )
    watches = [
        Watch(
            number,
            c.relation,
            c.entity,
            c.key.name,
            c.key.type,
            shape.is_translated(c),
            c.feeds,
            c.by_row,
        )
        for number, c in zip(numbers, shape.captures, strict=True)
    ]
    return shape, watches, render(shape, numbers)


async def _examined(connection: Connection, file: MappingFile) -> _Change | None:
    async with db.examining(connection):
        await db.wait_at_most(connection, LOCK_TIMEOUT_MS)
        shape, watches, rendered = await _render(connection, file)
        there = await db.capture_triggers(connection)
        left = await db.capture_functions(connection)
        wanted = {
            CaptureTrigger(f"sync_capture_{w.watch}_{event}", table)
            for w, c in zip(watches, shape.captures, strict=True)
            for table, events in c.tables
            for event in events
        }
        noted = {w["watch"] for w in await db.watches(connection) if w["is_watched"]}
        if (
            await db.attached_fingerprint(connection) == rendered.fingerprint
            and {*there} == wanted
            and not await db.capture_gaps(connection)
            and noted == {w.watch for w in watches}
            and not await db.mapping_faults(connection)
        ):
            return None
        await db.run(connection, rendered.source)
        report = await check.report(connection, file, shape)
    functions = {f"capture_{w.watch}_{event}" for w in watches for event in EVENTS}
    return _Change(
        sorted({*(t.relation for t in there), *(table for c in shape.captures for table, _ in c.tables)}),
        [
            *(db.drop_trigger(t) for t in there if t not in wanted),
            rendered.script,
            # Only now does no trigger call them any more.
            *(db.drop_function(f) for f in left if f not in functions),
            db.note_mapping(rendered.fingerprint, shape.recheck, watches),
        ],
        len(shape.captures),
        report,
    )


async def apply(connection: Connection, tables: Sequence[str], statements: Sequence[str]) -> None:
    """Run statements in one transaction for which no writer of these tables waits longer than ``LOCK_TIMEOUT_MS``.

    Raises:
        DatabaseError: no lock in ``ATTEMPTS`` attempts; nothing is applied.
    """
    await _patiently(lambda: db.apply(connection, tables, statements, LOCK_TIMEOUT_MS))


async def _patiently(work: Callable[[], Awaitable[T]]) -> T:
    for _ in range(ATTEMPTS):
        try:
            return await work()
        except (pg.LockNotAvailable, pg.DeadlockDetected):
            # Longer than the lock timeout, so that the writers who queued behind us get through.
            await asyncio.sleep(random.uniform(0.2, 1.0))
    raise DatabaseError(
        f"The warehouse's tables were never free for a moment in {ATTEMPTS} attempts; nothing was changed.",
        remedy="A long transaction holds one of them: look at pg_stat_activity, or try again later.",
    )
