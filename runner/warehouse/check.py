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
from runner.warehouse import keys
from runner.warehouse.mapping import MappingFile
from runner.warehouse.shape import Shape

# Tables of fewer rows are read as a whole in no time.
LARGE = 10_000
KEYS = 250
PRODUCTS = 5
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
            f"{file.at('products')}: {found:,} products have several rows in [products], which must have one for each: "
            f"{shown}."
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
        yield f"{stock['negative']:,} products have fewer than no units at some location; they are shown as 0."
    if stock["excessive"]:
        yield f"{stock['excessive']:,} products have more than Shopify's 1,000,000,000 units, and are cut off there."
    if stock["elsewhere"]:
        yield (
            f"Stock lies at locations that [locations] does not have, and is offered nowhere: "
            f"{', '.join(stock['elsewhere'])}."
        )
    for line in (*_unwatched(shape), *_types(file, shape), *_time(shape)):
        yield line
    async for line in _indexes(connection, shape):
        yield line


def _unwatched(shape: Shape) -> Iterator[str]:
    watched = {c.oid for c in shape.captures}
    found: dict[str, list[str]] = {}
    kinds = {}
    for name in ("products", "stock"):
        for read in shape.selects[name].reads:
            if read.oid not in watched:
                found.setdefault(read.relation, []).append(name)
                kinds[read.relation] = read.kind
    for relation, names in found.items():
        listed = " and ".join(f"[{name}]" for name in names)
        why = {"m": ", a materialized view, which cannot be watched", "f": ", a foreign table, which cannot be watched"}
        yield (
            f"{relation} is read by {listed} and not watched{why.get(kinds[relation], '')}: what changes there is "
            "found by the next reconcile run, within 15 minutes."
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
    for capture in shape.captures:
        if capture.translation is None and shape.is_translated(capture):
            column = f"{capture.relation}.{capture.key.name}"
            yield f"{column} is of type {capture.key.type}, and compared as {shape.product.name}."


def _time(shape: Shape) -> Iterator[str]:
    if shape.recheck is None and TIME.search(re.sub(r"'(?:[^']|'')*'", "", shape.selects["stock"].sql)):
        yield (
            "The stock depends on the time, and nothing is written when time passes: "
            'add  recheck = "5 min"  to [stock].'
        )


async def _indexes(connection: Connection, shape: Shape) -> AsyncIterator[str]:
    stock = shape.selects["stock"]
    condition = keys.among("s.product", stock.key("product"), shape.product, "p_keys")
    large = {r.relation: r for r in stock.reads if r.rows >= LARGE}
    if not large:
        return
    scanned = {f"{node.get('Schema')}.{node['Relation Name']}" if "Schema" in node else node["Relation Name"]
               for node in _nodes(await db.plan(connection, stock.sql, condition, KEYS))
               if node["Node Type"] == "Seq Scan"}  # fmt: skip
    for relation, read in large.items():
        if relation in scanned or relation.split(".")[-1].strip('"') in scanned:
            column = next((c.key.name for c in shape.captures if c.oid == read.oid), None)
            remedy = (
                f"Consider: create index concurrently on {relation} ({column});"
                if column
                else "Consider an index that begins with the column by which it is joined."
            )
            yield f"Reading {KEYS} products reads all {read.rows:,.0f} rows of {relation}. {remedy}"


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)
