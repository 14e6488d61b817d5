"""The SQL that attach runs, from what a mapping comes to in this database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from runner.db.names import literal, name
from runner.db.shapes import Column
from runner.files import ROOT
from runner.warehouse import catalog, keys
from runner.warehouse.shape import Capture, Select, Shape, key_type

TEMPLATES = ROOT / "sql" / "adapter"
# Rows of one transaction after which an update is noted as a whole instead of row by row.
BULK = 5000
# Before the name of a group, so that none is taken for the product of that key (groups_named.sql).
GROUP_PREFIX = "group:"
# Keys from which on the planner is asked how to read them.
MANY = 10_000


@dataclass(frozen=True)
class Rendered:
    """What attach runs: ``source`` reads the warehouse, ``captures`` are each table's functions and triggers."""

    source: str
    captures: list[str]

    @property
    def script(self) -> str:
        return "\n".join([self.source, *self.captures])

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.script.encode()).hexdigest()


def render(shape: Shape, numbers: Sequence[int]) -> Rendered:
    """The SQL of a mapping; ``numbers`` are those of its captures in sync.watches."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False
    )
    environment.filters |= {"name": name, "literal": literal, "types": _types}
    environment.globals["tag"] = _tag(repr(shape))
    source = environment.get_template("source.sql.j2")
    capture = environment.get_template("capture.sql.j2")
    triggers = environment.get_template("triggers.sql.j2")
    captures = [
        "\n".join(
            [
                capture.render(
                    number=number,
                    relation=c.relation,
                    key=c.key.name,
                    by_row=c.by_row,
                    owner=c.owner,
                    bulk=BULK,
                    same_key=same_key(c.key),
                    same_rest=same(c.compared and [one for one in c.compared if one != c.key]),
                ),
                *(
                    triggers.render(number=number, relation=table, by_row=c.by_row, events=events)
                    for table, events in c.tables
                ),
            ]
        )
        for number, c in zip(numbers, shape.captures, strict=True)
    ]
    return Rendered(_tidy(source.render(_source(shape, numbers), many=MANY)), [_tidy(text) for text in captures])


def _tag(text: str) -> str:
    """What quotes the bodies of functions, and is not in them."""
    tag = "sync"
    while f"${tag}$" in text:
        tag += "_"
    return tag


def _tidy(text: str) -> str:
    return re.sub(r"\n\s*\n+", "\n\n", text).strip() + "\n"


def same(columns: Sequence[Column] | None) -> str:
    """The condition that an update has changed none of some columns, nothing at all if None."""
    if columns is None:
        return "new operator(pg_catalog.*=) old"

    def unchanged(column: Column) -> str:
        new, old = _sides(column)
        return f"({new} operator(pg_catalog.=) {old} or {new} is null and {old} is null)"

    return " and ".join(unchanged(c) for c in columns) or "true"


def same_key(key: Column) -> str:
    """The condition that a row is of the key that it was of; null if it is of none."""
    return " operator(pg_catalog.=) ".join(_sides(key))


def _sides(column: Column) -> list[str]:
    return [f"{row}.{name(column.name)}{_comparable(column)}" for row in ("new", "old")]


def _comparable(column: Column) -> str:
    """What makes two values the same only if nothing of them has changed."""
    if not column.is_deterministic:
        return '::pg_catalog.text collate pg_catalog."C"'
    return "" if column.is_scalar else "::pg_catalog.text"


def _source(shape: Shape, numbers: Sequence[int]) -> dict[str, Any]:
    product = shape.product
    products, stock = shape.selects["products"], shape.selects["stock"]
    locations = shape.selects.get("locations")
    has_location = "location" in stock.columns
    return {
        "products": {"sql": products.sql} | _by_product(products, product),
        "locations": locations and {
            "sql": locations.sql, "text": keys.text("s.location", locations.key("location"), shape.location),
        },
        "stock": {
            "sql": stock.sql,
            # As it is written: real has six digits only, of a sum as well.
            "exact": "::text::float8" if stock.columns["available"].base == "float4" else "",
            "has_location": has_location,
            "location_text": has_location and keys.text("s.location", stock.key("location"), shape.location),
            "by": _grouped(shape, stock),
            "further": [
                c.name for c in stock.columns.values()
                if c.name not in ("product", "location", "available") and c.base in catalog.NUMBERS
            ],
        } | _by_product(stock, product),
        "catalog": _catalog(shape, products),
        "images": "images" in shape.selects and {
            "sql": shape.selects["images"].sql,
            "columns": shape.selects["images"].columns,
        } | _by_product(shape.selects["images"], product),
        "metafields": [
            (m.namespace, m.key or column, m.type, m.name or (m.key or column).replace("_", " ").capitalize())
            for column, m in shape.metafields.items()
        ],
        "product": product,
        "insert": shape.insert,
        "orders": shape.orders,
        "writes": [(column, _field(shape, column), sql) for column, sql in shape.writes.items()],
        "translated_watches": [
            _translated(shape, number, c)
            for number, c in zip(numbers, shape.captures, strict=True)
            if shape.is_translated(c)
        ],
    }  # fmt: skip


def _types(signature: str) -> str:
    """``f(text)`` of ``f(p_name text)``, by which Postgres knows a function."""
    return re.sub(r"\bp_\w+ ", "", signature)


def _field(shape: Shape, column: str) -> str:
    """The field that a writable column of the products becomes."""
    if (metafield := shape.metafields.get(column)) is not None:
        return f"metafields.{metafield.namespace}.{metafield.key or column}"
    return catalog.WRITABLE[column]


def _catalog(shape: Shape, products: Select) -> dict[str, Any]:
    """What [products] says of the catalogue: expressions over its row ``s``."""
    text, among = _by_product(products, shape.product).values()
    group, in_groups = text, [among.replace("p_keys", "p_groups")]
    if catalog.GROUP in products.columns:
        of, column = products.key(catalog.GROUP), f"s.{catalog.GROUP}"
        group = f"coalesce({literal(GROUP_PREFIX)} || {keys.text(column, of, of)}, {text})"
        # One after the other, so that each is found by an index of its own.
        in_groups = [
            keys.among(column, of, of, "sync.groups_named(p_groups)"),
            f"{column} is null and {in_groups[0]}",
        ]
    return {
        "group": group,
        "in_groups": in_groups,
        "position": f"s.{catalog.POSITION}::numeric" if catalog.POSITION in products.columns else "null::numeric",
        "fields": [(field, column) for column, (field, _) in catalog.FIELDS.items() if column in products.columns],
        "options": [pair for pair in catalog.OPTIONS if pair[0] in products.columns],
        "metafields": [(f"{m.namespace}.{m.key or column}", column) for column, m in shape.metafields.items()],
    }


def _grouped(shape: Shape, stock: Select) -> str:
    """What adds up the rows of stock: their keys as they are, in two thirds of the time that their texts take."""
    columns = {"product": shape.product} | ({"location": shape.location} if "location" in stock.columns else {})
    if all(keys.is_one_to_one(stock.key(column), key) for column, key in columns.items()):
        return ", ".join(f"s.{column}" for column in columns)
    return "1, 2"


def _by_product(select: Select, product: keys.KeyType) -> dict[str, str]:
    of = select.key("product")
    return {
        "text": keys.text("s.product", of, product),
        "filter": keys.among("s.product", of, product, "p_keys"),
    }


def _translated(shape: Shape, number: int, capture: Capture) -> dict[str, Any]:
    of = shape.key_of(capture.entity)
    sql = capture.translation and re.sub(
        r"sync\.probe_keys_\d+\(\)", lambda _: f"p_keys::{capture.key.type}[]", capture.translation.sql
    )
    text = keys.text("s.key", key_type(capture.gives), of) if of else "s.key::text"
    return {"number": number, "translation": sql, "text": text}
