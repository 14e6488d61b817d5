"""Orders as a shop's webhooks tell of them."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from house.warehouse import MAPPING, REFERENCE
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile
from tests.seeds import Shelf, rows, value

NUMBERS = itertools.count(1)
WHEN = "2026-11-01T12:00:00Z"


def money(amount: str, presentment: str | None = None) -> dict[str, Any]:
    return {
        "shop_money": {"amount": amount, "currency_code": "EUR"},
        "presentment_money": {"amount": presentment or amount, "currency_code": "EUR"},
    }


def payload(
    lines: Sequence[tuple[int | None, int]], *, order: int, updated: str = WHEN, created: str = WHEN, **more: Any
) -> dict[str, Any]:
    """The body of a webhook of an order: of each line the variant and the quantity, at 10.00 each."""
    total = f"{10 * sum(quantity for _, quantity in lines)}.00"
    return {
        "id": order,
        "name": f"#{order}",
        "email": "ann@example.com",
        "created_at": created,
        "updated_at": updated,
        "currency": "EUR",
        "presentment_currency": "EUR",
        "financial_status": "paid",
        "location_id": 11,
        "total_price_set": money(total),
        "line_items": [
            {
                "id": order * 100 + n,
                "variant_id": variant,
                "title": f"Line {n}",
                "quantity": quantity,
                "price_set": money("10.00"),
            }
            for n, (variant, quantity) in enumerate(lines)
        ],
        **more,
    }


def written(shelf: Shelf, path: Path) -> None:
    """Let the mapping write orders into the warehouse's own tables; its text goes to a file of this folder."""
    file = path / "warehouse.toml"
    file.write_text(MAPPING.read_text() + (REFERENCE / "orders.toml").read_text())
    asyncio.run(adapter.attach(shelf.connection.info.dsn, MappingFile(file)))


def follow(shelf: Shelf, **policy: str) -> None:
    """Import the shop's orders, all that are made from 2026 on."""
    given = "".join(f", p_{name} => '{text}'" for name, text in policy.items())
    shelf.connection.execute(
        f"select sync.set_order_policy(%s, p_since => '2026-01-01'{given})".encode(), (shelf.shop,)
    )


def apply(shelf: Shelf, body: dict[str, Any], *, shop: int = 0) -> str:
    """Apply a body; returns what came of it."""
    return str(
        value(
            shelf.connection,
            "select sync.apply_order(%s, sync.order_of_payload(%s::jsonb), 'payload', 'a test')",
            shop or shelf.shop,
            json.dumps(body),
        )
    )


def state(shelf: Shelf, order: int) -> str:
    return str(value(shelf.connection, "select state from sync.orders where order_id = %s", order))


def statuses(shelf: Shelf, key: str) -> dict[str, int]:
    """Units of a product in the warehouse, by status."""
    query = "select status, count(*) as n from warehouse.shipment_items where product_id = %s group by status"
    return {r["status"]: r["n"] for r in rows(shelf.connection, query, key)}


def level(shelf: Shelf, key: str) -> dict[str, int]:
    """The level of a product at the front as it is believed to be at Shopify, and what should be there."""
    query = (
        "select e.available, e.committed, e.committed_counted, c.desired from sync.compute_levels(%s, array[%s]) as c "
        "join sync.levels as e using (inventory_item_id, location_id) where c.location_id = 11 and e.shop_id = %s"
    )
    return dict(rows(shelf.connection, query, shelf.shop, key, shelf.shop)[0])
