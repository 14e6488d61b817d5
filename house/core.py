"""A whole house: a warehouse's database, a shop at the sandbox, and what works between them."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import psycopg
from psycopg.rows import dict_row
from pydantic import SecretStr

from house import process
from house.process import HouseError
from house.sandbox import Sandbox
from house.warehouse import MAPPING
from runner.config import Settings
from runner.db import Database
from runner.db import shops as db_shops
from runner.db import writers as db_writers
from runner.inventory.locations import Words, map_locations
from runner.linking.link import link_shop
from runner.shopify.shops import Credentials, Shops
from runner.shopify.vault import Vault
from runner.shopify.writers import renew

NOTHING: Mapping[str, str] = {}
# Whoever waits longer than this waits in vain.
PATIENCE = 60.0
PAUSE = 0.02


class House:
    """What people see and change in it. The warehouse is the reference warehouse."""

    def __init__(self, dsn: str, sandbox: Sandbox, **settings: Any) -> None:
        self.dsn = dsn
        self.sandbox = sandbox
        self.key = Vault.new_key()
        self.settings = Settings(database_url=dsn, secret_key=SecretStr(self.key), **settings)
        self.connection = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def rows(self, statement: str, *parameters: Any) -> list[dict[str, Any]]:
        """Rows of a query."""
        return self.connection.execute(statement.encode(), parameters or None).fetchall()

    def value(self, statement: str, *parameters: Any) -> Any:
        """The first column of the first row."""
        return next(iter(self.rows(statement, *parameters)[0].values()))

    def do(self, statement: str, *parameters: Any) -> None:
        """A statement, committed."""
        self.connection.execute(statement.encode(), parameters or None)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to work in this house."""
        return {
            **os.environ,
            "SHELFWIRE_DATABASE_URL": self.dsn,
            "SHELFWIRE_SECRET_KEY": self.key,
            "SHELFWIRE_WAREHOUSE_MAP": str(MAPPING),
        }

    async def join(self, words: Words = (), rest: str | None = None) -> None:
        """Add the shop, map the warehouse's locations as is said, link it, let it be live.

        No plan was made, and the guard finds nothing unusual: what happens to the few products of a house would be. Its
        mark is there, as a runner would leave it.
        """
        async with Database.open(self.dsn) as database, Shops.open(database, self.settings) as shops:
            await shops.add(self.sandbox.shop, self.sandbox.url, Credentials(token=self.sandbox.token))
            await map_locations(database, self.sandbox.shop, words, rest)
            await self.link(shops)
            self.do("update sync.guards set loss_share = 1, change_share = 1")
            self.do("update sync.shops set mode = 'live'")
            for beat in await db_writers.lease_beats(database, 10):
                await renew(database, await shops.client(beat.shop_id), beat)

    async def link(self, shops: Shops) -> dict[str, int]:
        """Link the shop."""
        (shop,) = await db_shops.shops(shops.db, self.sandbox.shop)
        return await link_shop(shops.db, await shops.client(shop.id), shop, lambda _done, _total: None)

    def start_runner(
        self, settings: Mapping[str, str] = NOTHING, log: IO[bytes] | None = None
    ) -> subprocess.Popen[bytes]:
        """A runner process that the caller ends; its log goes to a file, settings come on top of the house's."""
        return process.start("cli", "run", environment={**self.environment, **settings}, stderr=log)

    @contextmanager
    def runner(
        self, settings: Mapping[str, str] = NOTHING, log: IO[bytes] | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A runner for the length of a block."""
        started = self.start_runner(settings, log)
        try:
            yield started
        finally:
            process.stop(started)

    def command(self, *arguments: str) -> str:
        """Run a command of the command line; returns what it printed.

        Raises:
            HouseError: it failed.
        """
        return process.shelfwire(self.environment, *arguments)

    def wait_until(
        self, condition: Callable[[], bool], what: str, patience: float = PATIENCE, pause: float = PAUSE
    ) -> None:
        """Wait for something that must happen.

        Raises:
            HouseError: it did not.
        """
        never = threading.Event()
        deadline = time.monotonic() + patience
        while not condition():
            if time.monotonic() >= deadline:
                raise HouseError(f"Waited {patience:g} s in vain for: {what}")
            never.wait(pause)

    def is_quiet(self) -> bool:
        """Whether everything committed is acknowledged or refused."""
        return not self.rows("select from sync.pending_changes limit 1")

    def wait_quiet(self, patience: float = PATIENCE, pause: float = PAUSE) -> None:
        """Wait until everything committed is acknowledged or refused.

        Raises:
            HouseError: it is not.
        """
        self.wait_until(self.is_quiet, "nothing pending", patience, pause)

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
        return self.sandbox.available()
