"""A house to push from: a shop with a variant of every product of the warehouse, linked; no runner yet."""

from __future__ import annotations

import asyncio
import math
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from house import core, postgres, sandbox, warehouse
from house.core import NOTHING
from house.figures import progress
from house.postgres import Server
from house.sandbox import Sandbox
from house.warehouse import Product
from runner.db import inventory, linking, reports
from runner.db import shops as db_shops
from runner.schema import revisions
from runner.shopify.gids import id_of
from runner.shopify.shops import Shops


class House(core.House):
    """Units of each product on the shelf, all shown at one location, none in the shop: every level differs."""

    def __init__(self, server: Server, sandbox: Sandbox, log: Path) -> None:
        super().__init__(server.dsn, sandbox)
        self.server = server
        self._log = log

    @staticmethod
    def sku(product: int) -> str:
        """Of the warehouse's product of this number, from 1."""
        return f"SKU-{product:06}"

    def receive_each(self, units: int = 1) -> None:
        """So many more units of each product come to the shelf, in one statement: one of each, then another of each."""
        self.do(
            "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
            "select 1, p.id, 1, 'received' from warehouse.products as p cross join generate_series(1, %s) as g (n) "
            "order by g.n, p.id",
            units,
        )

    @contextmanager
    def runner(
        self, settings: Mapping[str, str] = NOTHING, log: IO[bytes] | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A runner for the length of a block."""
        with self._log.open("wb") as file, super().runner(settings, log or file) as started:
            yield started

    def drain(self) -> None:
        """Run one runner until everything committed is acknowledged or refused."""
        with self.runner():
            self.wait_quiet()

    def wait_quiet(self, patience: float = math.inf, pause: float = 0.5) -> None:
        """As in any house; seldom, as what a benchmark asks shares the machine with what it measures."""
        super().wait_quiet(patience, pause)

    async def link(self, shops: Shops) -> dict[str, int]:
        """As if the shop's variants had been read: that takes minutes."""
        (shop,) = await db_shops.shops(shops.db, self.sandbox.shop)
        tick = await shops.db.tick()
        levels = [{k: id_of(v) if k.endswith("_id") else v for k, v in one.items()} for one in self.sandbox.state()]
        await linking.record_variants(shops.db, shop.id, tick, [{**one, "title": one["sku"]} for one in levels])
        await inventory.record_levels(shops.db, shop.id, tick, [one["inventory_item_id"] for one in levels], levels)
        # The shop is not reconciled unless somebody says so.
        await reports.set_schedule(shops.db, "reconcile_inventory", None, False)
        return await linking.link_products(shops.db, shop.id)


@contextmanager
def house(levels: int, units: int = 1, halls: Sequence[str] = ("Hall",)) -> Iterator[House]:
    """Serve a linked shop of so many levels, with no bucket, and so many units of each in the first hall."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        server = stack.enter_context(postgres.serve(postgres.PRODUCTION))
        shop = stack.enter_context(sandbox.running(f"--products={levels}", "--unlimited"))
        at = House(server, shop, folder / "runner.log")
        stack.callback(at.close)
        warehouse.build(at.dsn)
        products = [Product(at.sku(n), f"Product {n}") for n in range(1, levels + 1)]
        warehouse.stock(at.connection, products, halls=halls)
        at.receive_each(units)
        revisions.upgrade(at.dsn)
        warehouse.attach(at.dsn)
        asyncio.run(at.join(rest=sandbox.LOCATION))
        at.do("vacuum analyze")
        linked = at.value("select count(*) from sync.links where state = 'ok'")
        progress(f"{shop.shop}: {linked:,} linked")
        yield at
