"""Linking: variants as a shop shows them, and which product is which."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from runner.db.core import Database


async def record_variants(db: Database, shop_id: int, started_at: datetime, variants: Sequence[dict[str, Any]]) -> None:
    """Note a page of variants; see record_variants.sql for the fields."""
    await db.fetch("select sync.record_variants(%s, %s, %s::json)", (shop_id, started_at, json.dumps(variants)))


async def mark_shop(db: Database, shop_id: int) -> int:
    """Look at all keys of a shop once more, now that others see what has changed; returns how many must be pushed."""
    return int(await db.value("select sync.mark_shop(%s)", (shop_id,)))


async def link_products(db: Database, shop_id: int, started_at: datetime) -> dict[str, int]:
    """Link by SKU; returns ``linked, broken, ambiguous, without_sku, marked``."""
    row = await db.row(
        "select linked, broken, ambiguous, without_sku, marked from sync.link_products(%s, %s)",
        (shop_id, started_at),
    )
    return dict(row)
