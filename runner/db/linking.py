"""Linking: variants as a shop shows them, and which product is which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from runner.db.core import Database

log = structlog.get_logger()


async def record_variants(db: Database, shop_id: int, tick: int, variants: Sequence[dict[str, Any]]) -> None:
    """Note a page of variants, read by a call that began with ``tick``; see record_variants.sql for the fields."""
    held = db.encoding.json([_holdable(db, variant) for variant in variants])
    await db.fetch("select sync.record_variants(%s, %s, %s::json)", (shop_id, tick, held))


def _holdable(db: Database, variant: dict[str, Any]) -> dict[str, Any]:
    """The variant, without a SKU that the database cannot hold: no product of it has that one, and another might have
    what it would be escaped to."""
    sku = variant["sku"]
    if sku is None or db.encoding.holds(sku):
        return variant
    log.warning("sku.not_held", encoding=db.encoding.name, sku=sku, variant_id=variant["variant_id"])
    return {**variant, "sku": None, "title": f"{variant['title']} (SKU {sku})"}


async def mark_shop(db: Database, shop_id: int) -> int:
    """Look at all keys of a shop once more, now that others see what has changed; returns how many must be pushed."""
    return int(await db.value("select sync.mark_shop(%s)", (shop_id,)))


async def read_whole(db: Database, run_id: int) -> None:
    """A run has read a whole shop: variants that it has not seen are no more, and the levels can be trusted."""
    await db.fetch(
        "select sync.forget_variants(r.shop_id, r.tick), sync.trust_levels(r.shop_id, r.tick) "
        "from sync.runs as r where r.id = %s",
        (run_id,),
    )


async def record_bulk_variants(db: Database, operation_id: int, first: int, last: int) -> None:
    """Note some lines of a bulk operation that has read a shop's variants with their levels."""
    await db.fetch("select sync.record_bulk_variants(%s, %s, %s)", (operation_id, first, last))


async def record_bulk_items(db: Database, operation_id: int, first: int, last: int) -> None:
    """Note what its variants have nothing of, once all of its lines are noted."""
    await db.fetch("select sync.record_bulk_items(%s, %s, %s)", (operation_id, first, last))


async def link_products(db: Database, shop_id: int) -> dict[str, int]:
    """Link by SKU; returns ``linked, broken, ambiguous, without_sku, marked``."""
    row = await db.row("select linked, broken, ambiguous, without_sku, marked from sync.link_products(%s)", (shop_id,))
    return dict(row)
