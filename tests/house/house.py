"""The house as tests use it: commands run in this process, and owners change the shop."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from house import core, warehouse
from house.sandbox import LOCATION
from house.warehouse import Product
from runner.db.driver import APPLICATION_NAME
from runner.shopify.vault import Vault
from tests import commands

ROOT = Path(__file__).parents[2]
# Settings of a runner whose jobs others take over soon.
NERVOUS = {"SHELFWIRE_HEARTBEAT_TIMEOUT": "1"}


class House(core.House):
    """What a test looks at and changes. The warehouse has one product per variant of the sandbox's shop."""

    @staticmethod
    def new_key() -> str:
        """A secret key that this house does not know."""
        return Vault.new_key()

    def reconnect(self) -> None:
        """Open the connection anew, after a restart of Postgres."""
        self.connection.close()
        self.connection = psycopg.connect(self.dsn, autocommit=True, row_factory=dict_row)

    def furnish(self, shown_at: str | None = LOCATION) -> None:
        """Make a product for every SKU of the shop and two halls, with empty shelves; add and link the shop.

        Both halls are shown at one location of the shop, or not mapped at all.
        """
        skus = sorted({level["sku"] for level in self.sandbox.state() if level["sku"]})
        warehouse.stock(self.connection, [Product(sku, f"product {sku}") for sku in skus])
        asyncio.run(self.join(rest=shown_at))

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

    def shelfwire(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the command line in this process."""
        return commands.run(self.environment, *arguments)

    def listeners(self) -> int:
        """Runners that listen."""
        return int(
            self.value(
                "select count(*) from pg_stat_activity where application_name = %s and datname = current_database()",
                APPLICATION_NAME,
            )
        )


Open = Callable[..., House]
