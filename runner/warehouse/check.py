"""What could go wrong later with a mapping, found before anything is attached."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from runner.db import checks as db
from runner.db import shapes
from runner.db.core import Connection, Row
from runner.db.names import name
from runner.db.shapes import Read
from runner.warehouse import catalog, keys
from runner.warehouse.mapping import MappingFile
from runner.warehouse.shape import Select, Shape, key_type

# Tables of fewer rows are read as a whole in no time.
LARGE = 10_000
KEYS = 250
PRODUCTS = 5
# What stands between quotes is no call.
LITERAL = re.compile(r"'(?:[^']|'')*'")
TIME = re.compile(
    r"\b(current_date|current_timestamp|current_time|localtime|localtimestamp|(now|age|clock_timestamp|"
    r"statement_timestamp|transaction_timestamp|timeofday)\()",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Report:
    """What was found.

    Attributes:
        refusals: why it cannot be attached.
        advice: what is worth knowing, each with its remedy.
        sample: ``product_key, sku, title, location, available, detail`` of some products.
    """

    refusals: list[str]
    advice: list[str]
    sample: list[Row]


async def report(connection: Connection, file: MappingFile, shape: Shape) -> Report:
    """Ask the selects, which are functions of schema sync in the transaction at hand."""
    try:
        async with connection.transaction():
            return Report(
                [line async for line in _refusals(connection, file)],
                [line async for line in _advice(connection, file, shape)],
                await db.sample(connection, PRODUCTS),
            )
    except psycopg.Error as error:
        if error.sqlstate != "SW007":
            raise
        entry = error.diag.message_detail or "stock"
        return Report([await _unreadable(connection, file, shape, entry, error)], [], [])


async def _unreadable(connection: Connection, file: MappingFile, shape: Shape, entry: str, error: psycopg.Error) -> str:
    said = error.diag.message_primary or str(error)
    select = shape.selects.get(entry)
    filtered = await shapes.has_row_security(connection, [r.oid for r in select.reads]) if select else []
    if filtered and error.diag.message_hint == "42501":
        said = (
            f"row security would show only some rows of {', '.join(filtered)} to the role that attaches: "
            "attach as a role that sees all, one with BYPASSRLS"
        )
    return f"{file.at(_entry(file, entry))}: [{_entry(file, entry)}] cannot be read: {said}."


def _entry(file: MappingFile, name: str) -> str:
    return "items" if name == "stock" and file.mapping.items else name


async def _refusals(connection: Connection, file: MappingFile) -> AsyncIterator[str]:
    found, rows = await db.duplicates(connection)
    if found:
        shown = ", ".join(f"{r['product_key']} ({r['rows']} rows)" for r in rows)
        yield (
            f"{file.at('products', 'sql')}: {found:,} products have several rows in [products], which must have one "
            f"for each: {shown}."
        )


async def _advice(connection: Connection, file: MappingFile, shape: Shape) -> AsyncIterator[str]:
    skus = await db.skus(connection)
    if skus["products"] == 0:
        yield "[products] has no row: nothing can be linked, and nothing is known of any stock."
    if skus["blank"]:
        yield f"{skus['blank']:,} of {skus['products']:,} products have no SKU and cannot be linked."
    if skus["doubled"]:
        yield (
            f"{skus['doubled']:,} SKUs are those of several products, which are not linked: "
            f"{', '.join(skus['examples'])}."
        )
    stock = await db.stock(connection)
    if stock["unknown"]:
        yield (
            f"{stock['unknown_units']:,.0f} units in [{_entry(file, 'stock')}] are of {stock['unknown']:,} products "
            f"that [products] does not have, and are not offered: {', '.join(stock['examples'])}."
        )
    if stock["negative"]:
        yield f"{stock['negative']:,} products have fewer than no units at some location; less than 0 is never shown."
    if stock["excessive"]:
        yield f"{stock['excessive']:,} products have more than Shopify's 1,000,000,000 units, and are cut off there."
    if stock["uncounted"]:
        yield (
            f"{stock['uncounted']:,} products have no number of units at some location (null or NaN), which counts as "
            "0: say what is meant, for example coalesce(..., 0)."
        )
    if stock["elsewhere"]:
        yield (
            f"Stock lies at locations that [locations] does not have, and is offered nowhere: "
            f"{', '.join(stock['elsewhere'])}."
        )
    for line in (*_unwatched(shape), *_types(file, shape)):
        yield line
    async for line in _time(connection, shape):
        yield line
    async for line in _indexes(connection, shape):
        yield line


def _unwatched(shape: Shape) -> Iterator[str]:
    watched = {c.oid for c in shape.captures}
    found: dict[str, list[str]] = {}
    kinds = {}
    for entry in ("products", "stock", *(["images"] if "images" in shape.selects else [])):
        for read in shape.selects[entry].reads:
            if read.oid not in watched:
                found.setdefault(read.relation, []).append(entry)
                kinds[read.relation] = read.kind
    for relation, names in found.items():
        listed = " and ".join(f"[{name}]" for name in names)
        why = {"m": ", a materialized view, which cannot be watched", "f": ", a foreign table, which cannot be watched"}
        found_by = (
            "shelfwire link, at night"
            if {"products", "images"} & {*names}
            else "the next reconcile run, within 15 minutes"
        )
        yield (
            f"{relation} is read by {listed} and not watched{why.get(kinds[relation], '')}: what changes there is "
            f"found by {found_by}."
        )
    opaque = [name for name in ("products", "stock") if shape.selects[name].is_opaque]
    if opaque:
        yield (
            f"[{'] and ['.join(opaque)}] call functions or take whole rows: which columns count cannot be told, so "
            "every update of a watched table is captured. What a function reads is to be watched as well."
        )


def _types(file: MappingFile, shape: Shape) -> Iterator[str]:
    stock = shape.selects["stock"].key("product")
    if stock.family != shape.product.family:
        yield (
            f"[products] has keys of type {shape.product.name}, [{_entry(file, 'stock')}] of type {stock.name}: they "
            f"are compared as {shape.product.family}."
        )
    if "location" in shape.selects["stock"].columns:
        place = shape.selects["stock"].key("location")
        if place.family != shape.location.family:
            yield (
                f"[locations] has keys of type {shape.location.name}, [{_entry(file, 'stock')}] of type {place.name}: "
                f"they are compared as {shape.location.family}."
            )
    for capture in shape.captures:
        is_other = key_type(capture.key).family != shape.product.family
        if is_other and capture.entity == "product" and capture.translation is None and shape.is_translated(capture):
            column = f"{capture.relation}.{capture.key.name}"
            yield f"{column} is of type {capture.key.type}, and compared as {shape.product.name}."


async def _time(connection: Connection, shape: Shape) -> AsyncIterator[str]:
    found = [
        entry
        for entry in ("products", "stock")
        if TIME.search(LITERAL.sub("", await shapes.definitions(connection, f"probe_{entry}")))
    ]
    if found and shape.recheck is None:
        yield (
            f"Time decides in [{'] and ['.join(found)}], and nothing is written when it passes: "
            'add  recheck = "5 min"  to [stock].'
        )


async def _indexes(connection: Connection, shape: Shape) -> AsyncIterator[str]:
    stock = shape.selects["stock"]
    condition = keys.among("s.product", stock.key("product"), shape.product, "p_keys")
    async for read in _read_whole(connection, stock, condition, "product"):
        yield f"Reading {KEYS} products reads all {read.rows:,.0f} rows of {read.relation}. {_index(shape, read)}"
    products = shape.selects["products"]
    if catalog.GROUP in products.columns:
        group = products.key(catalog.GROUP)
        condition = keys.among(f"s.{catalog.GROUP}", group, group, "p_keys")
        async for read in _read_whole(connection, products, condition, "group"):
            yield (
                f"Reading {KEYS} groups of products reads all {read.rows:,.0f} rows of {read.relation}. "
                f"Consider an index that begins with the column that becomes {catalog.GROUP}."
            )
    if images := shape.selects.get("images"):
        condition = keys.among("s.product", images.key("product"), shape.product, "p_keys")
        async for read in _read_whole(connection, images, condition, "product"):
            yield (
                f"Reading the images of {KEYS} products reads all {read.rows:,.0f} rows of {read.relation}. "
                "Consider an index that begins with the column that becomes product."
            )


async def _read_whole(connection: Connection, select: Select, condition: str, by: str) -> AsyncIterator[Read]:
    """Large tables that are read from one end to the other, be it by an index, for some products or groups."""
    large = [r for r in select.reads if r.rows >= LARGE]
    if not large:
        return
    whole = {
        (node["Schema"], node["Relation Name"])
        for node in _nodes(await db.plan(connection, select.sql, condition, by, KEYS))
        if node["Node Type"].endswith("Scan") and "Relation Name" in node
        and not node.keys() & {"Index Cond", "Recheck Cond", "TID Cond"}
    }  # fmt: skip
    for read in large:
        if whole & {*read.parts}:
            yield read


def _index(shape: Shape, read: Read) -> str:
    """What would spare reading all of a table, in words."""
    stock, product = shape.selects["stock"].key("product"), shape.product
    column = next((name(c.key.name) for c in shape.captures if c.oid == read.oid), None)
    # Of a partitioned table it cannot be.
    concurrently = "" if read.kind == "p" else "concurrently "
    if keys.is_by_index(stock, product):
        return (
            f"Consider: create index {concurrently}on {read.relation} ({column});"
            if column
            else "Consider an index that begins with the column by which it is joined."
        )
    words = f"No index serves, for its keys are of type {stock.name} and compared as {product.name}"
    if column is None or "enum" in (stock.family, product.family):
        return f"{words}: give both columns one type."
    cast = f"{column}::{product.name}"
    return f"{words}: select {cast} as product, and: create index {concurrently}on {read.relation} (({cast}));"


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)
