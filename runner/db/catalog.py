"""The catalogue: products as a shop showed them, and how a shop's catalogue follows the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runner.db.core import Database


async def sizes(db: Database, shop_id: int, products: Sequence[int]) -> dict[tuple[int, int], list[int]]:
    """Some products by how many variants and media to ask for at once, as far as is known of them."""
    rows = await db.fetch("select * from sync.product_sizes(%s, %s)", (shop_id, list(products)))
    return {(r["variants"], r["media"]): r["products"] for r in rows}


async def record_products(db: Database, shop_id: int, tick: int, nodes: Sequence[Any]) -> None:
    """Note products as Shopify showed them, with all their variants."""
    await db.fetch("select sync.record_products(%s, %s, %s::json)", (shop_id, tick, db.encoding.json(nodes)))


async def forget_products(db: Database, shop_id: int, products: Sequence[int]) -> None:
    """Note that a shop has some products no more."""
    await db.fetch("select sync.forget_products(%s, %s)", (shop_id, list(products)))


async def products_of(db: Database, request_id: int) -> list[int]:
    """The products of Shopify that a request is about."""
    return list(await db.value("select sync.products_of(%s)", (request_id,)))
