"""A whole house for tests: a warehouse, a shop at the sandbox, linked, and runners of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.rows import dict_row
from pydantic import SecretStr

from runner.config import Settings
from runner.db import Database
from runner.db import shops as db_shops
from runner.engine.driver import APPLICATION_NAME
from runner.inventory.link import link_shop
from runner.shopify.shops import Credentials, Shops
from runner.shopify.vault import Vault
from tests import commands
from tests.sandbox.process import Sandbox

ROOT = Path(__file__).parents[2]
# A test that waits longer than this has failed.
PATIENCE = 60.0
NOTHING: Mapping[str, str] = {}


class House:
    """What a test looks at and changes. The warehouse has one product per variant of the sandbox's shop."""

    def __init__(self, dsn: str, sandbox: Sandbox, **settings: Any) -> None:
        self.dsn = dsn
        self.sandbox = sandbox
        self.key = Vault.new_key()
        self.settings = Settings(database_url=dsn, secret_key=SecretStr(self.key), **settings)
        self.connection = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)

    @staticmethod
    def new_key() -> str:
        """A secret key that this house does not know."""
        return Vault.new_key()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def reconnect(self) -> None:
        """Open the connection anew, after a restart of Postgres."""
        self.connection.close()
        self.connection = psycopg.connect(self.dsn, autocommit=True, row_factory=dict_row)

    def rows(self, statement: str, *parameters: Any) -> list[dict[str, Any]]:
        """Rows of a query."""
        return self.connection.execute(statement.encode(), parameters or None).fetchall()

    def value(self, statement: str, *parameters: Any) -> Any:
        """The first column of the first row."""
        return next(iter(self.rows(statement, *parameters)[0].values()))

    def do(self, statement: str, *parameters: Any) -> None:
        """A statement of the warehouse application, committed."""
        self.connection.execute(statement.encode(), parameters or None)

    def furnish(self) -> None:
        """Make a product for every SKU of the shop and two halls, with empty shelves; add and link the shop."""
        skus = sorted({level["sku"] for level in self.sandbox.state() if level["sku"]})
        self.do("insert into warehouse.shipments (supplier) values ('supplier')")
        self.do("insert into warehouse.locations (name) values ('Hall A'), ('Hall B')")
        self.do(
            "insert into warehouse.products (sku, name) select s, 'product ' || s from unnest(%s::text[]) as s", skus
        )
        asyncio.run(self.join())

    def receive(self, sku: str, units: int) -> None:
        """Put units on the shelf, in one statement."""
        self.do(
            "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
            "select 1, p.id, 1, 'received' from warehouse.products as p, generate_series(1, %s) where p.sku = %s",
            units,
            sku,
        )

    def sell(self, sku: str, units: int) -> None:
        """Take units off the shelf, in one statement."""
        self.do(
            "update warehouse.shipment_items set status = 'sold' where id in ("
            "select i.id from warehouse.shipment_items as i join warehouse.products as p on p.id = i.product_id "
            "where p.sku = %s and i.status = 'received' limit %s)",
            sku,
            units,
        )

    async def join(self) -> None:
        """Add the shop, map its location, link."""
        async with Database.open(self.dsn) as database, Shops.open(database, self.settings) as shops:
            token = Credentials(token=self.sandbox.token)
            await shops.add(self.sandbox.shop, self.sandbox.url, token)
            await shops.map_locations(self.sandbox.shop, [])
            await self.link(shops)
        # What tests do to a shop of a few products is unusual; those of the guard set its limits anew.
        self.do("update sync.guards set loss_share = 1, change_share = 1")
        self.do("update sync.shops set mode = 'live'")

    def track(self, sku: str, tracked: bool) -> None:
        """The owner switches the tracking of a variant on or off."""
        item = self.sandbox.level(sku)["inventory_item_id"]
        mutation = "mutation($id: ID!, $input: InventoryItemInput!) "
        mutation += "{ inventoryItemUpdate(id: $id, input: $input) { userErrors { message } } }"
        self.sandbox.data(mutation, {"id": item, "input": {"tracked": tracked}})

    def delete_in_shop(self, sku: str) -> None:
        """The owner deletes the product of a variant."""
        item = self.sandbox.level(sku)["inventory_item_id"]
        query = "query($id: ID!) { inventoryItem(id: $id) { variants(first: 1) { nodes { product { id } } } } }"
        found = self.sandbox.data(query, {"id": item})["inventoryItem"]["variants"]["nodes"][0]["product"]["id"]
        mutation = "mutation($input: ProductDeleteInput!) { productDelete(input: $input) { userErrors { message } } }"
        self.sandbox.data(mutation, {"input": {"id": found}})

    def add_in_shop(self, title: str, variant: dict[str, Any]) -> None:
        """The owner adds a product with one variant."""
        self.sandbox.control("POST", "/products", {"products": [{"title": title, "variants": [variant]}]})

    async def link(self, shops: Shops) -> dict[str, int]:
        """Link the shop."""
        (shop,) = await db_shops.shops(shops.db, self.sandbox.shop)
        return await link_shop(shops.db, await shops.client(shop.id), shop, lambda _done, _total: None)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to work in this house."""
        return {
            **os.environ,
            "SHELFWIRE_DATABASE_URL": self.dsn,
            "SHELFWIRE_SECRET_KEY": self.key,
            "SHELFWIRE_WAREHOUSE_MAP": str(ROOT / "warehouses" / "reference" / "warehouse.toml"),
        }

    def shelfwire(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the command line."""
        return commands.run(self.environment, *arguments)

    def start_runner(
        self, settings: Mapping[str, str] = NOTHING, log: IO[bytes] | None = None
    ) -> subprocess.Popen[bytes]:
        """A runner process that the caller ends; its log goes to a file, settings come on top of the house's."""
        return subprocess.Popen(
            [sys.executable, "-m", "cli", "run"], cwd=ROOT, env={**self.environment, **settings}, stderr=log
        )

    @contextmanager
    def runner(
        self, settings: Mapping[str, str] = NOTHING, log: IO[bytes] | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A runner process, stopped with SIGTERM at the end."""
        process = self.start_runner(settings, log)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE)

    def listeners(self) -> int:
        """Runners that listen."""
        return int(
            self.value(
                "select count(*) from pg_stat_activity where application_name = %s and datname = current_database()",
                APPLICATION_NAME,
            )
        )

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something that must happen."""
        never = threading.Event()
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain for: {what}"
            never.wait(0.02)

    def wait_quiet(self) -> None:
        """Wait until everything committed is acknowledged or refused."""
        self.wait_until(lambda: not self.rows("select from sync.pending_changes limit 1"), "nothing pending")

    def shelf(self) -> dict[str, int]:
        """Units received, by SKU, counted in the warehouse's own tables."""
        return {
            row["sku"]: row["units"]
            for row in self.rows(
                "select p.sku, count(i.id) filter (where i.status = 'received') as units from warehouse.products as p "
                "left join warehouse.shipment_items as i on i.product_id = p.id where p.sku is not null group by p.sku"
            )
        }

    def offered(self) -> dict[str, int]:
        """Units the shop offers, by SKU."""
        return {level["sku"]: level["available"] for level in self.sandbox.state() if level["sku"]}
