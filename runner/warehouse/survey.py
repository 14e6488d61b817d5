"""A mapping compared with the database: what is not there, and what cannot be meant, by its line of the file."""

from __future__ import annotations

import psycopg

from runner.db import shapes as db
from runner.db.core import Connection
from runner.db.shapes import Relation
from runner.errors import MappingError
from runner.warehouse import catalog
from runner.warehouse.mapping import KEYS, MappingFile, Watched
from runner.warehouse.shape import EVENTS, Capture, Select, Shape, key_type
from runner.warehouse.writes import examine_insert, examine_orders, examine_writes

REQUIRED = {
    "products": ("product", "sku", "title"),
    "locations": ("location", "name"),
    "stock": ("product", "available"),
    "customers": ("customer",),
    "images": ("product", "url"),
}


# What is read of an entity.
ENTRIES = {"product": ("products", "stock", "images"), "customer": ("customers",)}


async def examine(connection: Connection, file: MappingFile) -> Shape:
    """Compare a mapping with the database, in a transaction that its caller rolls back.

    Raises:
        MappingError: what is not there, or cannot be meant, each with its line of the mapping file.
    """
    problems = await _short_problems(connection, file)
    if problems:
        raise MappingError("\n".join(problems))
    schemas = await db.look_in(connection, file.mapping.schema_)
    for name, (sql, where) in file.selects.items():
        await _view(connection, file, where, f"probe_{name}", sql)
    await db.look_nowhere(connection)
    found = [(w, await _table(connection, file, schemas, w)) for w in file.watched]
    await db.look_in(connection, schemas)
    for number, (watched, relation) in enumerate(found):
        if watched.watch.translation:
            await db.make_keys(connection, f"probe_keys_{number}", relation.columns[watched.watch.column].type)
            sql = watched.watch.translation.replace(KEYS, f"sync.probe_keys_{number}()")
            await _view(connection, file, watched.where, f"probe_watch_{number}", sql)
    await db.look_nowhere(connection)
    await db.write_plainly(connection)
    selects = {name: await _select(connection, f"probe_{name}") for name in file.selects}
    problems = [p for name, select in selects.items() for p in _problems(file, name, select)]
    problems += [p for name, select in selects.items() for p in _leaks(file, name, select)]
    if problems:
        raise MappingError("\n".join(problems))
    translations = {
        number: await _select(connection, f"probe_watch_{number}")
        for number, (watched, _) in enumerate(found)
        if watched.watch.translation
    }
    writes = await examine_writes(connection, file, schemas, selects["products"])
    insert = await examine_insert(connection, file, schemas)
    orders = await examine_orders(connection, file, schemas, selects["products"])
    recheck = file.mapping.stock.recheck if file.mapping.stock else None
    shape = Shape(selects, [], recheck, file.mapping.metafields, writes, insert, orders)
    for number, (watched, relation) in enumerate(found):
        shape.captures.append(await _capture(connection, file, shape, watched, relation, number, translations))
    if problems := _meetings(file, shape):
        raise MappingError("\n".join(problems))
    return shape


async def _view(connection: Connection, file: MappingFile, where: tuple[str, ...], view: str, sql: str) -> None:
    try:
        async with connection.transaction():
            await db.make_view(connection, view, sql)
    except psycopg.Error as error:
        if error.sqlstate is None or error.sqlstate[:2] not in ("42", "0A", "22", "3F", "2B"):
            raise
        said = error.diag.message_primary or str(error)
        hint = f" {error.diag.message_hint}" if error.diag.message_hint else ""
        raise MappingError(f"{file.at(*where)}: [{where[0]}] is no select that can be read: {said}.{hint}") from error


async def _select(connection: Connection, view: str) -> Select:
    return Select(
        await db.definition(connection, view),
        await db.columns(connection, f"sync.{view}"),
        await db.reads(connection, view),
        await db.is_opaque(connection, view),
    )


async def _table(connection: Connection, file: MappingFile, schemas: list[str], watched: Watched) -> Relation:
    where = file.at(*watched.where)
    found = await db.find_table(connection, schemas, watched.table)
    if found is None or found.kind not in ("r", "p"):
        there = ", ".join(await db.tables(connection, schemas)) or "no table at all"
        what = (
            f"there is no table {watched.table} to watch"
            if found is None
            else f"triggers need a table, {found.relation} is another kind of relation"
        )
        raise MappingError(f"{where}: {what}; there is: {there}.")
    column = watched.watch.column
    if column not in found.columns:
        raise MappingError(f"{where}: {found.relation} has no column {column!r}; it has: {', '.join(found.columns)}.")
    key = found.columns[column]
    if key.is_virtual:
        raise MappingError(
            f"{where}: {found.relation}.{column} is a virtual generated column, which triggers cannot see."
        )
    if key_type(key).family is None:
        raise MappingError(f"{where}: {found.relation}.{column} is of type {key.type}, which cannot be a key.")
    return found


def _problems(file: MappingFile, name: str, select: Select) -> list[str]:
    """Columns that are missing, or of a type that cannot be meant."""
    entry = "items" if name == "stock" and file.mapping.items else name
    where = file.at(entry, "sql")
    found = []
    for column in REQUIRED[name]:
        if column not in select.columns:
            found.append(f"{where}: [{entry}] selects no column {column}; it has: {', '.join(select.columns)}.")
    for column in ("product", "location", "customer"):
        if column in select.columns and select.key(column).family is None:
            of = select.columns[column]
            why = "" if of.is_deterministic else " with a collation by which different texts are equal"
            found.append(
                f"{where}: {column} of [{entry}] is of type {of.type}{why}, which cannot be a key: "
                f"cast it in the select, {column}::text for example."
            )
    types = {"products": catalog.TYPES, "images": catalog.IMAGES}.get(name, {})
    for column, wanted in types.items():
        if column in select.columns and select.columns[column].base not in wanted:
            found.append(
                f"{where}: {column} of [{entry}] is of type {select.columns[column].type}; cast it in the select to "
                f"one of: {', '.join(t.replace('_', 'array of ') if t[0] == '_' else t for t in wanted)}."
            )
    for column in file.mapping.metafields if name == "products" else ():
        if column not in select.columns:
            found.append(
                f"{file.at('metafields', column)}: [products] selects no column {column}; "
                f"it has: {', '.join(select.columns)}."
            )
    for number, pair in enumerate(catalog.OPTIONS, start=1) if name == "products" else ():
        there = [column in select.columns for column in pair]
        if any(there) and (not all(there) or (number > 1 and catalog.OPTIONS[number - 2][0] not in select.columns)):
            found.append(
                f"{where}: options are pairs of columns, from the first on: option1_name with option1_value, then "
                f"option2_name with option2_value; [{entry}] has: {', '.join(select.columns)}."
            )
    if name == "products" and catalog.GROUP in select.columns and select.key(catalog.GROUP).family is None:
        found.append(
            f"{where}: {catalog.GROUP} is of type {select.columns[catalog.GROUP].type}, which cannot be a key."
        )
    available = select.columns.get("available") if name == "stock" else None
    if available and available.base not in catalog.NUMBERS:
        found.append(f"{where}: available of [{entry}] is of type {available.type}, no number.")
    return found


def _leaks(file: MappingFile, name: str, select: Select) -> list[str]:
    """Columns that must not leave the house, read by a select whose columns do."""
    if name not in ("products", "images", "customers") or not file.mapping.local_only:
        return []
    where = file.at(name, "sql")
    if select.is_opaque:
        return [
            f"{where}: [{name}] calls a function or takes whole rows, so it cannot be told whether it reads a column "
            "of local_only: name its columns one by one."
        ]
    return [
        f"{where}: [{name}] reads {read.relation}.{column}, which is local_only and must not leave the house."
        for read in select.reads
        for column in sorted(read.columns)
        if any(f".{read.relation}.{column}".endswith(f".{local}") for local in file.mapping.local_only)
    ]


async def _capture(
    connection: Connection,
    file: MappingFile,
    shape: Shape,
    watched: Watched,
    relation: Relation,
    number: int,
    translations: dict[int, Select],
) -> Capture:
    watch = watched.watch
    translation = translations.get(number)
    if translation and len(translation.columns) != 1:
        raise MappingError(
            f"{file.at(*watched.where)}: the select must give one column, the keys; "
            f"it gives: {', '.join(translation.columns)}."
        )
    names = [name for name in ENTRIES[watch.entity] if name in shape.selects]
    selects = [shape.selects[name] for name in names]
    # What is read through a function, or watched for the sake of something else, may feed any.
    feeds = [n for n in names if any(r.oid == relation.oid for r in shape.selects[n].reads)] or names
    selects += [t for n, t in translations.items() if file.watched[n].watch.entity == watch.entity]
    reads = [r for s in selects for r in s.reads if r.oid == relation.oid]
    read = {column for r in reads for column in r.columns}
    key = relation.columns[watch.column]
    compared = [key, *(c for n, c in relation.columns.items() if n in read and n != key.name)]
    is_hidden = any(s.is_opaque for s in selects) or any(r.is_through_view for r in reads)
    is_known = bool(read) and not is_hidden and not any(c.is_virtual for c in compared)
    heirs = await db.heirs(connection, relation.oid)
    # Postgres lists no changed rows for a trigger where one of the tables is foreign: the statement would fail.
    by_row = relation.kind == "p" or relation.is_subscribed or any(h.kind == "f" for h in heirs)
    below = [
        # A partition has its parent's row triggers.
        (h.relation, ("truncate",) if h.is_partition else EVENTS)
        for h in heirs
        if h.kind != "f"
    ]
    return Capture(
        relation.relation,
        relation.oid,
        watch.entity,
        key,
        translation,
        compared if is_known else None,
        feeds,
        by_row,
        relation.owner if relation.kind == "p" else None,
        [(relation.relation, EVENTS), *below],
    )


def _meetings(file: MappingFile, shape: Shape) -> list[str]:
    """Keys that are to be compared, and never could be the same."""
    found = []
    stock = shape.selects["stock"]
    pairs = [("stock", "product", stock.columns["product"], shape.product)]
    if "location" in stock.columns:
        pairs.append(("stock", "location", stock.columns["location"], shape.location))
    if "images" in shape.selects:
        pairs.append(("images", "product", shape.selects["images"].columns["product"], shape.product))
    for capture in shape.captures:
        if of := shape.key_of(capture.entity):
            pairs.append(("watch", f"{capture.relation}.{capture.key.name}", capture.gives, of))
    for entry, what, column, key in pairs:
        if not key.meets(key_type(column)):
            found.append(
                f"{file.at(entry)}: {what} of [{entry}] is of type {column.type}, never a key of type {key.name}."
            )
    return found


async def _short_problems(connection: Connection, file: MappingFile) -> list[str]:
    """What sections in columns name and the database does not have."""
    problems: list[str] = []
    for section, part in file.mapping.short():
        schema = file.mapping.schema_[0]
        found = await db.find_table(connection, file.mapping.schema_[:1], part.table)
        if found is None or found.kind not in ("r", "p"):
            there = ", ".join(await db.tables(connection, file.mapping.schema_[:1])) or "no table at all"
            what = "there is no table" if found is None else "triggers need a table, this is another kind of relation:"
            problems.append(f"{file.at(section, 'table')}: {what} {schema}.{part.table}; {schema} has: {there}.")
            continue
        for entry, column in part.columns():
            if column not in found.columns:
                problems.append(
                    f"{file.at(section, entry)}: {schema}.{part.table} has no column {column!r}; it has: "
                    f"{', '.join(found.columns)}."
                )
        if section == "items" and file.mapping.items:
            problems += await _item_problems(connection, file, found)
    return problems


async def _item_problems(connection: Connection, file: MappingFile, table: Relation) -> list[str]:
    items = file.mapping.items
    assert items is not None
    problems, seen = [], set[str]()
    status = table.columns.get(items.status)
    units = table.columns.get(items.units or "")
    if units and units.base not in catalog.NUMBERS:
        problems.append(
            f"{file.at('items', 'units')}: {table.relation}.{items.units} is of type {units.type}, no number."
        )
    if status and status.base in ("json", "jsonb"):
        return [
            *problems,
            f"{file.at('items', 'status')}: {table.relation}.{items.status} is of type {status.type}: "
            "say in SQL what it means, by [stock] instead of [items].",
        ]
    for state, statuses in items.states:
        for value in statuses:
            if value in seen:
                problems.append(f"{file.at('items', 'states', state)}: status {value!r} is named twice.")
            seen.add(value)
            if status and not await db.is_value(connection, value, status.type):
                problems.append(f"{file.at('items', 'states', state)}: {value!r} is no value of type {status.type}.")
    return problems
