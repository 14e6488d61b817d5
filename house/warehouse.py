"""The warehouses of this project: made, attached, filled; and what happens to single units."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile

WAREHOUSES = Path(__file__).parent.parent / "warehouses"
REFERENCE = WAREHOUSES / "reference"
DEPOT = WAREHOUSES / "depot"
MAPPING = REFERENCE / "warehouse.toml"

HALLS = ("Hall A", "Hall B")
SUPPLIERS = 10

RECEIVE = (
    "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
    "select %(shipment)s, %(product)s, %(hall)s, 'received' from generate_series(1, %(units)s)"
)


class Product(NamedTuple):
    """A row of the reference warehouse's products."""

    sku: str | None
    name: str
    price: str | None = None
    barcode: str | None = None
    description: str | None = None
    product_type: str | None = None
    tags: list[str] | None = None
    compare_at_price: str | None = None
    cost: str | None = None
    style: str | None = None
    option_name: str | None = None
    option_value: str | None = None


def change(what: str, status: str = "received") -> str:
    """A statement that changes one unit of a product that has this status, and that nobody else changes just now."""
    return (
        f"update warehouse.shipment_items set {what} where id = (select id from warehouse.shipment_items "
        f"where product_id = %(product)s and status = '{status}' limit 1 for update skip locked)"
    )


def build(dsn: str, folder: Path = REFERENCE) -> None:
    """Create the tables of a warehouse, and attach nothing."""
    with psycopg.connect(dsn) as connection:
        connection.execute((folder / "schema.sql").read_bytes())


def attach(dsn: str, folder: Path = REFERENCE) -> None:
    """Attach a warehouse that is there."""
    asyncio.run(adapter.attach(dsn, MappingFile(folder / "warehouse.toml")))


def furnish(dsn: str, folder: Path = REFERENCE) -> None:
    """Create a warehouse and attach it."""
    build(dsn, folder)
    attach(dsn, folder)


def stock(connection: psycopg.Connection[Any], products: Iterable[Product], halls: Iterable[str] = HALLS) -> None:
    """Give the reference warehouse halls, shipments and products, each numbered from 1; the shelves stay empty."""
    with connection.cursor() as cursor:
        cursor.executemany("insert into warehouse.locations (name) values (%s)", [(hall,) for hall in halls])
        cursor.executemany(
            "insert into warehouse.shipments (supplier) values (%s)",
            [(f"Supplier {n}",) for n in range(1, 1 + SUPPLIERS)],
        )
        with cursor.copy(f"copy warehouse.products ({', '.join(Product._fields)}) from stdin".encode()) as copy:
            for product in products:
                copy.write_row(product)


def fill(connection: psycopg.Connection[Any], products: Sequence[Product], seed: int) -> int:
    """Stock the reference warehouse with up to 30 units of each product; returns how many there are.

    A fifth of them is expected with shipments that have not been received.
    """
    chance = random.Random(seed)
    stock(connection, products)
    units = 0
    with (
        connection.cursor() as cursor,
        cursor.copy("copy warehouse.shipment_items (shipment_id, product_id, location_id, status) from stdin") as copy,
    ):
        for product in range(1, len(products) + 1):
            for _ in range(chance.randint(0, 30)):
                status = "expected" if chance.random() < 0.2 else "received"
                copy.write_row((chance.randint(1, SUPPLIERS), product, chance.randint(1, len(HALLS)), status))
                units += 1
    connection.execute("analyze warehouse.shipment_items")
    return units
