"""A mapping that is attached: what Shelfwire reads by it, and what the relay makes of a change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.warehouses.selects import Connection, Levels


def attach(dsn: str, mapping: Path) -> None:
    asyncio.run(adapter.attach(dsn, MappingFile(mapping)))


def products(connection: Connection) -> dict[str, str | None]:
    """SKU by product key."""
    return dict(connection.execute("select product_key, sku from sync.read_products(null)").fetchall())


def levels(connection: Connection) -> Levels:
    """What is available by product and location key, where it is not nothing."""
    read = connection.execute("select product_key, location_key, available from sync.read_stock(null)")
    return {(product, location): Decimal(available) for product, location, available in read if available}


@contextmanager
def relaying(connection: Connection) -> Iterator[set[str]]:
    """Fills the set with the keys of products that the relay notes of what happens meanwhile."""
    noted: set[str] = set()
    connection.execute("select sync.relay_changes()")
    (seen,) = connection.execute("select coalesce(max(id), 0) from sync.change_log").fetchone() or (0,)
    yield noted
    connection.execute("select sync.relay_changes()")
    found = connection.execute("select product_key from sync.moved_products where id > %s", (seen,))
    noted |= {key for (key,) in found}
