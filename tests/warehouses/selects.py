"""A mapping's selects as plain SQL: what they give, what they read, and what its watches make of a change."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import sql

Connection = psycopg.Connection[Any]
Levels = dict[tuple[str, str], Decimal]
NOWHERE = "(none)"

attaches = pytest.mark.skip(reason="the adapter does not read selects yet")

# The relations that a select reads, through views, as the rules of a view made of it know them.
READ = """
with recursive reading as (
  select 'what_is_read'::regclass::oid as relation
  union
  select d.refobjid
  from reading as r
  inner join pg_rewrite as w on w.ev_class = r.relation
  inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
  where d.refclassid = 'pg_class'::regclass
)
select c.oid::regclass::text from reading as r inner join pg_class as c on c.oid = r.relation where c.relkind <> 'v'
"""


def text(value: object) -> str:
    """A key as Shelfwire writes it."""
    return str(value)


class Selects:
    """The selects of a mapping in TOML, run on a database with its tables."""

    def __init__(self, connection: Connection, mapping: str) -> None:
        self.connection = connection
        self.mapping = tomllib.loads(mapping)
        schemas = self.mapping.get("schema", "public")
        path = sql.SQL(", ").join(map(sql.Identifier, [schemas] if isinstance(schemas, str) else schemas))
        connection.execute(sql.SQL("set search_path = {}").format(path))

    def select(self, section: str) -> str:
        return str(self.mapping[section]["sql"])

    def rows(self, query: str) -> list[dict[str, Any]]:
        cursor = self.connection.execute(query.encode())
        assert cursor.description is not None
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def products(self) -> dict[str, str | None]:
        """SKU by product key, both as text."""
        found = self.rows(self.select("products"))
        assert all({"product", "sku", "title"} <= row.keys() for row in found)
        skus = {text(row["product"]): row["sku"] for row in found}
        assert len(skus) == len(found), "a product has two rows"
        return skus

    def locations(self) -> dict[str, str]:
        """Name by location key, both as text."""
        found = self.rows(self.select("locations")) if "locations" in self.mapping else []
        return {text(row["location"]): row["name"] for row in found} | {NOWHERE: NOWHERE}

    def levels(self) -> Levels:
        """What is available by product and location key, rows added up; nothing where all of them are null."""
        levels: Levels = {}
        for row in self.rows(self.select("stock")):
            location = row.get("location")
            level = text(row["product"]), NOWHERE if location is None else text(location)
            levels[level] = levels.get(level, Decimal(0)) + Decimal(row["available"] or 0)
        return levels

    def facts(self) -> set[tuple[object, ...]]:
        """Everything the selects say of products, each fact with the product's key at its head."""
        products = {(text(row["product"]), row["sku"], row["title"]) for row in self.rows(self.select("products"))}
        return products | {(*level, available) for level, available in self.levels().items()}

    def named(self, levels: Levels) -> dict[str, dict[str, Decimal]]:
        """Levels by SKU and name of the location, for every product that has a SKU."""
        products, locations = self.products(), self.locations()
        assert {product for product, _ in levels} <= products.keys(), "stock of a product that is none"
        found: dict[str, dict[str, Decimal]] = {sku: {} for sku in products.values() if sku is not None}
        for (product, location), available in levels.items():
            sku = products[product]
            assert sku is not None
            found[sku][locations[location]] = available
        return found

    def tables_read(self) -> set[str]:
        """The tables that products and stock are read from, also through views."""
        tables: set[str] = set()
        for section in ("products", "stock"):
            self.connection.execute(f"create temporary view what_is_read as {self.select(section)}".encode())
            tables |= {row[0].strip('"') for row in self.connection.execute(READ.encode())}
            self.connection.execute("drop view what_is_read")
        return tables

    def plan(self, keys: list[str]) -> list[str]:
        """How the stock of these products is read, each table by itself, and as a whole only if it must be."""
        kind = self.type_of(self.select("stock"), "product")
        of = sql.SQL("explain select * from ({}) as s where product = any ({}::{}[])").format(
            sql.SQL(self.select("stock")),
            sql.Literal(keys),
            sql.SQL(kind),
        )
        with self.connection.transaction():
            for way in ("seqscan", "nestloop", "mergejoin"):
                self.connection.execute(f"set local enable_{way} = off".encode())
            return [line for (line,) in self.connection.execute(of)]

    def type_of(self, select: str, column: str) -> str:
        """The type of a column of a select."""
        cursor = self.connection.execute(f"select {column} from ({select}) as s limit 0".encode())
        assert cursor.description is not None
        found = self.connection.execute("select %s::regtype::text", (cursor.description[0].type_code,)).fetchone()
        assert found is not None
        return str(found[0])

    @contextmanager
    def noting(self) -> Iterator[set[str]]:
        """Fills the set with the keys of products that the watches make of what happens meanwhile."""
        noted: set[str] = set()
        watch = self.mapping["watch"]
        for number, table in enumerate(watch):
            name = sql.Identifier(*table.split("."))
            self.connection.execute(
                sql.SQL("create temporary table {} as table {}").format(sql.Identifier(f"before_{number}"), name)
            )
        yield noted
        for number, (table, entry) in enumerate(watch.items()):
            column = entry if isinstance(entry, str) else entry["column"]
            changed = sql.SQL(
                "select distinct {0} from ((table {1} except table {2}) union all (table {2} except table {1})) as c "
                "where {0} is not null"
            ).format(sql.Identifier(column), sql.Identifier(f"before_{number}"), sql.Identifier(*table.split(".")))
            keys = [text(row[0]) for row in self.connection.execute(changed)]
            self.connection.execute(sql.SQL("drop table {}").format(sql.Identifier(f"before_{number}")))
            if isinstance(entry, str):
                noted |= set(keys)
            elif keys:
                kind = self.type_of(f"table {sql.Identifier(*table.split('.')).as_string()}", f'"{column}"')
                given = f"({sql.Literal(keys).as_string()}::{kind}[])"
                found = self.connection.execute(entry["products"].replace("%(keys)s", given).encode())
                noted |= {text(row[0]) for row in found}


def unindexed(plan: list[str], key: str) -> list[str]:
    """Lines of a plan in which keys are compared row by row; all of it if they are compared nowhere."""
    compared = [line.strip() for line in plan if re.search(rf"ANY .*{re.escape(key)}", line)]
    return [line for line in compared if not line.startswith(("Index Cond", "Recheck Cond"))] if compared else plan
