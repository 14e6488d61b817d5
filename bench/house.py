"""A house to push from: a warehouse, a shop at the sandbox with a variant of every product, linked; no runner yet."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from pydantic import SecretStr

from bench.figures import progress
from bench.server import SETTINGS
from demo import process
from demo.postgres import Server, serve
from demo.shop import Shop
from demo.summary import is_quiet
from demo.warehouse import FOLDER
from runner.config import Settings
from runner.db import Database, reports
from runner.db import shops as db_shops
from runner.schema import revisions
from runner.shopify.gids import id_of
from runner.shopify.shops import Credentials, Shops
from runner.shopify.vault import Vault
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile

TOKEN = "shpat_bench"


@dataclass
class House:
    """One location, one unit of each product on its shelf, none in the shop: every level differs."""

    server: Server
    shop: Shop
    connection: psycopg.Connection
    environment: dict[str, str]
    log: Path

    @staticmethod
    def sku(product: int) -> str:
        """Of the warehouse's product of this number, from 1."""
        return f"SKU-{product:06}"

    def receive(self) -> None:
        """One more unit of each product comes to the shelf, in one statement."""
        self.connection.execute(_RECEIVE)

    def shelfwire(self, *arguments: str) -> str:
        """Run one command; returns what it printed."""
        return process.shelfwire(self.environment, *arguments)

    def runner(self) -> AbstractContextManager[subprocess.Popen[bytes]]:
        """Run one runner."""
        return process.runner(self.environment, self.log)

    def drain(self) -> None:
        """Run one runner until everything committed is acknowledged or refused."""
        with self.runner():
            self.wait_quiet()

    def wait_quiet(self) -> None:
        """Wait until everything committed is acknowledged or refused."""
        never = threading.Event()
        # Seldom: what a benchmark asks shares the machine with what it measures.
        while not is_quiet(self.server.dsn):
            never.wait(0.5)


@contextmanager
def house(levels: int) -> Iterator[House]:
    """Serve a linked shop of so many levels, with no bucket."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        server = stack.enter_context(serve(SETTINGS))
        options = [f"--products={levels}", f"--token={TOKEN}", "--unlimited"]
        url, domain = stack.enter_context(process.sandbox(options))
        shop = Shop(url, TOKEN)
        stack.callback(shop.close)
        connection = stack.enter_context(psycopg.connect(server.dsn, autocommit=True))
        connection.execute((FOLDER / "schema.sql").read_bytes())
        connection.execute(_FILL, (levels,))
        connection.execute(_RECEIVE)
        revisions.upgrade(server.dsn)
        key = Vault.new_key()
        asyncio.run(_join(Settings(database_url=server.dsn, secret_key=SecretStr(key)), url, domain, shop.levels()))
        # As a shop that has been live for long: no run is to be undone, and what a benchmark does is no mistake.
        connection.execute(
            "update sync.shops set mode = 'live'; update sync.guards set loss_share = 1, change_share = 1"
        )
        connection.execute("vacuum analyze")
        environment = {"SHELFWIRE_DATABASE_URL": server.dsn, "SHELFWIRE_SECRET_KEY": key}
        yield House(server, shop, connection, environment, folder / "runner.log")


async def _join(settings: Settings, url: str, domain: str, levels: Sequence[dict[str, Any]]) -> None:
    """Attach to the warehouse, add the shop and link it, as if its variants had been read: that takes minutes.

    The shop is not reconciled unless somebody says so.
    """
    await adapter.attach(settings.database_url, MappingFile(FOLDER / "warehouse.toml"))
    async with Database.open(settings.database_url) as database, Shops.open(database, settings) as shops:
        await reports.set_schedule(database, "reconcile_inventory", None, False)
        await shops.add(domain, url, Credentials(token=TOKEN))
        await shops.map_locations(domain, [])
        (shop,) = await db_shops.shops(database, domain)
        now = await database.now()
        numbers = [{k: id_of(v) if k.endswith("_id") else v for k, v in level.items()} for level in levels]
        await db_shops.record_variants(database, shop.id, now, [{**n, "title": n["sku"]} for n in numbers])
        await db_shops.record_levels(database, shop.id, now, [n["inventory_item_id"] for n in numbers], numbers)
        linked = await db_shops.link_products(database, shop.id, now)
        progress(f"{domain}: {linked['linked']:,} linked")


_FILL = """
with places as (
  insert into warehouse.locations (id, name) values (1, 'Hall')
),
shipments as (
  insert into warehouse.shipments (id, supplier) values (1, 'Bench')
)
insert into warehouse.products (id, sku, name)
select n, 'SKU-' || lpad(n::text, 6, '0'), 'Product ' || n from generate_series(1, %s) as n
"""
_RECEIVE = """
insert into warehouse.shipment_items (shipment_id, product_id, location_id, status)
select 1, id, 1, 'received' from warehouse.products
"""
