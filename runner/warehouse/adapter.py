"""Attach the warehouse: render the adapter from its mapping, check it, apply it without making writers wait."""

from __future__ import annotations

import asyncio
import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from psycopg import errors as pg

from runner.db import relations as db
from runner.db.core import Connection
from runner.errors import DatabaseError, MappingError
from runner.files import ROOT
from runner.warehouse.mapping import MappingFile

TEMPLATES = ROOT / "sql" / "adapter"
# Rows of one transaction after which an update is noted as a whole instead of row by row.
BULK = 5000
LOCK_TIMEOUT_MS = 100
ATTEMPTS = 60
NUMBER = re.compile(r"smallint|integer|bigint|numeric|real|double precision")
EVENTS = ("insert", "update", "delete", "truncate")


@dataclass(frozen=True)
class Capture:
    """One captured table. ``key`` is queued when one of ``watch`` changes."""

    entity: str
    table: str
    key: str
    watch: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What rendering needs to know of the warehouse beside the mapping.

    Attributes:
        kinds: ``r`` table or ``p`` partitioned table, by table.
        product_type: type of the column that names an item's product.
        opaque: (table, column) whose values cannot be compared, such as json.
    """

    kinds: dict[str, str]
    product_type: str
    opaque: frozenset[tuple[str, str]]


def captures(file: MappingFile) -> list[Capture]:
    """The tables whose changes are captured, as the mapping names them."""
    m = file.mapping
    items = (m.items.product, m.items.status, m.items.location, m.items.units)
    found = [
        Capture("item", m.items.table, m.items.product, tuple(column for column in items if column)),
        Capture("product", m.products.table, m.products.key, (m.products.key, m.products.sku, m.products.title)),
    ]
    if m.customers:
        found.append(Capture("customer", m.customers.table, m.customers.key, (m.customers.key, *m.customers.watch)))
    return found


def functions_of(entity: str) -> list[str]:
    """Names of the trigger functions that capture an entity; each trigger is called ``sync_`` and its function."""
    return [f"capture_{entity}s_{event}" for event in EVENTS]


async def verify(connection: Connection, file: MappingFile) -> Facts:
    """Compare the mapping with the database.

    Raises:
        MappingError: tables, columns or statuses that are not there, each with its line of the mapping file.
    """
    schema = file.mapping.schema_
    kinds: dict[str, str] = {}
    product_type = "text"
    opaque: set[tuple[str, str]] = set()
    problems: list[str] = []
    for section, part in file.mapping:
        if section == "schema_" or part is None:
            continue
        named = part.model_dump(exclude={"states"})
        table = named.pop("table")
        found = await db.columns(connection, schema, table)
        if found is None or found[0] not in ("r", "p"):
            there = ", ".join(await db.tables(connection, schema)) or "no table at all"
            what = "there is no table" if found is None else "triggers need a table, this is another kind of relation:"
            problems.append(f"{file.at(section, 'table')}: {what} {schema}.{table}; {schema} has: {there}.")
            continue
        kinds[table] = found[0]
        for entry, column in named.items():
            for name in column if isinstance(column, list) else [column]:
                if name is not None and name not in found[1]:
                    problems.append(
                        f"{file.at(section, entry)}: {schema}.{table} has no column {name!r}; it has: "
                        f"{', '.join(found[1])}."
                    )
                elif name is not None and not found[1][name]:
                    problems.append(
                        f"{file.at(section, entry)}: {schema}.{table}.{name} is a virtual generated column, "
                        "which triggers cannot see."
                    )
                elif name is not None and not await db.is_comparable(connection, found[1][name]):
                    opaque.add((table, name))
                    if entry in ("key", "product"):
                        problems.append(
                            f"{file.at(section, entry)}: {schema}.{table}.{name} is of type {found[1][name]}, "
                            "which cannot be a key."
                        )
        if section == "items":
            product_type = found[1].get(part.product, "text")
            problems += await _statuses(connection, file, found[1].get(part.status))
            units = found[1].get(part.units or "", "integer")
            if not NUMBER.match(units):
                problems.append(
                    f"{file.at(section, 'units')}: {schema}.{table}.{part.units} is of type {units}, no number."
                )
    if problems:
        raise MappingError("\n".join(problems))
    return Facts(kinds, product_type, frozenset(opaque))


async def _statuses(connection: Connection, file: MappingFile, status_type: str | None) -> list[str]:
    if not status_type:
        return []
    problems, seen = [], set[str]()
    for state, statuses in file.mapping.items.states:
        for status in statuses:
            if status in seen:
                problems.append(f"{file.at('items', 'states', state)}: status {status!r} is named twice.")
            seen.add(status)
            if not await db.is_value(connection, status, status_type):
                problems.append(f"{file.at('items', 'states', state)}: {status!r} is no value of type {status_type}.")
    return problems


def render(file: MappingFile, facts: Facts) -> tuple[str, str]:
    """The SQL that attach runs, and its fingerprint; ``facts`` come from `verify`."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    schema = file.mapping.schema_

    def qualified(table: str) -> str:
        return f"{db.name(schema)}.{db.name(table)}"

    environment.filters |= {
        "name": db.name,
        "literal": db.literal,
        "table": qualified,
        "of": lambda column, row: f"{row}.{db.name(column)}",
    }
    source = environment.get_template("source.sql.j2")
    capture = environment.get_template("capture.sql.j2")

    def watched(c: Capture, row: str) -> str:
        casts = ("::text" if (c.table, column) in facts.opaque else "" for column in c.watch)
        return ", ".join(f"{row}.{db.name(column)}{cast}" for column, cast in zip(c.watch, casts, strict=True))

    def text(fingerprint: str) -> str:
        parts = [source.render(dict(file.mapping), product_type=facts.product_type, fingerprint=fingerprint)]
        for c in captures(file):
            partitioned = facts.kinds[c.table] == "p"
            parts.append(
                capture.render(
                    entity=c.entity,
                    table=qualified(c.table),
                    key=c.key,
                    watched=partial(watched, c),
                    bulk=BULK,
                    partitioned=partitioned,
                )
            )
        return re.sub(r"\n\s*\n+", "\n\n", "\n".join(parts))

    fingerprint = hashlib.sha256(text("").encode()).hexdigest()
    return text(fingerprint), fingerprint


async def preview(dsn: str, file: MappingFile) -> str:
    """The SQL that `attach` would run.

    Raises:
        MappingError: as `verify`.
    """
    async with db.connected(dsn) as connection:
        return render(file, await verify(connection, file))[0]


async def attach(dsn: str, file: MappingFile) -> list[str]:
    """Attach the warehouse in one transaction; returns notes for the person who asked.

    Attaching the same mapping again changes nothing and takes no lock. A writer never queues behind this for
    longer than ``LOCK_TIMEOUT_MS``: a lock that is not had by then is given up and tried again.

    Raises:
        MappingError: as `verify`; nothing is applied.
        DatabaseError: no rights, or no lock in ``ATTEMPTS`` attempts; nothing is applied.
    """
    async with db.connected(dsn) as connection:
        script, fingerprint = render(file, await verify(connection, file))
        functions = {name: c.table for c in captures(file) for name in functions_of(c.entity)}
        wanted = {(f"sync_{name}", file.mapping.schema_, table) for name, table in functions.items()}
        there = {(t.name, t.schema, t.table): t for t in await db.capture_triggers(connection)}
        if await db.attached_fingerprint(connection) == fingerprint and there.keys() == wanted:
            return ["This mapping is attached already; nothing was changed."]
        await apply(
            connection,
            [
                *(db.drop_trigger(t) for key, t in there.items() if key not in wanted),
                *(db.drop_function(f) for f in await db.capture_functions(connection) if f not in functions),
                script,
                db.note_attached([c.entity for c in captures(file)]),
            ],
        )
        return [
            f"Attached {len(captures(file))} tables of schema {file.mapping.schema_}. With shops: run shelfwire link.",
            *await _advice(connection, file),
        ]


async def detach(dsn: str) -> list[str]:
    """Remove every trigger and function of ours from the warehouse; returns notes for the person who asked.

    Raises:
        DatabaseError: as `attach`.
    """
    async with db.connected(dsn) as connection:
        triggers = await db.capture_triggers(connection)
        await apply(
            connection,
            [
                *(db.drop_trigger(t) for t in triggers),
                *(db.drop_function(f) for f in await db.capture_functions(connection)),
                (TEMPLATES / "detached.sql").read_text(),
            ],
        )
        tables = {t.relation for t in triggers}
        return [f"Removed {len(triggers)} triggers from {len(tables)} tables."]


async def apply(connection: Connection, statements: Sequence[str]) -> None:
    """Run statements in one transaction for which no writer waits longer than ``LOCK_TIMEOUT_MS``.

    Raises:
        DatabaseError: no lock in ``ATTEMPTS`` attempts; nothing is applied.
    """
    for _ in range(ATTEMPTS):
        try:
            return await db.apply(connection, statements, LOCK_TIMEOUT_MS)
        except (pg.LockNotAvailable, pg.DeadlockDetected):
            # Longer than the lock timeout, so that the writers who queued behind us get through.
            await asyncio.sleep(random.uniform(0.2, 1.0))
    raise DatabaseError(
        f"The warehouse's tables were never free for a moment in {ATTEMPTS} attempts; nothing was changed.",
        remedy="A long transaction holds one of them: look at pg_stat_activity, or try again later.",
    )


async def _advice(connection: Connection, file: MappingFile) -> list[str]:
    items = file.mapping.items
    if await db.has_index_on(connection, file.mapping.schema_, items.table, items.product):
        return []
    return [
        f"No index of {items.table} begins with {items.product}: every count reads the whole table. "
        f"Consider: create index concurrently on {file.mapping.schema_}.{items.table} ({items.product});"
    ]
