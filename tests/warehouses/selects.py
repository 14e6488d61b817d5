"""A mapping's selects as plain SQL: what they give, what they read, and what its watches make of a change."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import pairwise
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]
Levels = dict[tuple[str, str], Decimal]
NOWHERE = "(none)"

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
        skus = {str(row["product"]): row["sku"] for row in found}
        assert len(skus) == len(found), "a product has two rows"
        return skus

    def locations(self) -> dict[str, str]:
        """Name by location key, both as text."""
        found = self.rows(self.select("locations")) if "locations" in self.mapping else []
        return {str(row["location"]): row["name"] for row in found} | {NOWHERE: NOWHERE}

    def levels(self) -> Levels:
        """What is available by product and location key, rows added up; nothing where all of them are null."""
        levels: Levels = {}
        for row in self.rows(self.select("stock")):
            location = row.get("location")
            level = str(row["product"]), NOWHERE if location is None else str(location)
            levels[level] = levels.get(level, Decimal(0)) + Decimal(row["available"] or 0)
        return levels

    def facts(self) -> set[tuple[object, ...]]:
        """Everything the selects say of products, each fact with the product's key at its head."""
        products = {(str(row["product"]), row["sku"], row["title"]) for row in self.rows(self.select("products"))}
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

    def read_as_a_whole(self, keys: list[str]) -> list[str]:
        """What of a plan reads more than the stock of these products.

        A few rows are read in any order. So tables are not to be read as a whole, and each is either to be found from
        another one, or to be read by itself: one of these plans must be right.
        """
        kind = self.type_of(self.select("stock"), "product")
        explain = sql.SQL("explain select * from ({}) as s where product = any ({}::{}[])").format(
            sql.SQL(self.select("stock")), sql.Literal(keys), sql.SQL(kind)
        )
        faults = []
        for avoided in (("seqscan",), ("seqscan", "nestloop", "mergejoin")):
            with self.connection.transaction():
                for way in avoided:
                    self.connection.execute(f"set local enable_{way} = off".encode())
                plan = [line for (line,) in self.connection.execute(explain)]
            faults.append(unindexed(plan, keys[0]))
        return min(faults, key=len)

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
        watches = {table: {"column": w} if isinstance(w, str) else w for table, w in self.mapping["watch"].items()}
        before = {table: self.contents(table, watch["column"]) for table, watch in watches.items()}
        yield noted
        for table, watch in watches.items():
            changed = before[table] ^ self.contents(table, watch["column"])
            keys = sorted({key for key, _ in changed if key is not None})
            if "products" in watch:
                kind = self.type_of(f"table {identifier(table)}", f'"{watch["column"]}"')
                given = f"({sql.Literal(keys).as_string()}::{kind}[])"
                found = self.connection.execute(watch["products"].replace("%(keys)s", given).encode())
                keys = [str(key) for (key,) in found]
            noted |= set(keys)

    def contents(self, table: str, column: str) -> set[tuple[str | None, str]]:
        """The rows of a table, each with the value of a column before it."""
        rows = self.connection.execute(f'select "{column}"::text, t::text from {identifier(table)} as t'.encode())
        return set(rows.fetchall())


def identifier(table: str) -> str:
    """A table as the mapping names it, as SQL names it."""
    return sql.Identifier(*table.split(".")).as_string()


def unindexed(plan: list[str], key: str) -> list[str]:
    """Lines of a plan by which more is read than what belongs to the keys; all of it if they are compared nowhere."""
    compared = [line.strip() for line in plan if re.search(rf"ANY .*{re.escape(key)}", line)]
    whole = [line for line in compared if not line.startswith(("Index Cond", "Recheck Cond"))]
    # A "with" query that is not merged is run for all products; one that walks a tree knows none.
    whole += [line for line, next in pairwise(plan) if re.match(r"\s*CTE (?!Scan)", line) and "Recursive" not in next]
    return whole if compared else plan
