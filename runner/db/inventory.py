"""Inventory: what to push, what became of it, what runs found wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from runner.db.core import Database, Row


class Comparison(NamedTuple):
    """Levels compared, wrong ones by cause, products made pending, discrepancies that are no more."""

    levels: int
    causes: dict[str, int]
    marked: int
    vanished: int

    @property
    def found(self) -> int:
        """How many levels are wrong."""
        return sum(self.causes.values())


async def items_of(db: Database, request_id: int, indexes: Sequence[int] | None = None) -> list[int]:
    """Inventory items of a request: those at some indexes, or all."""
    return list(await db.value("select sync.items_of(%s, %s)", (request_id, indexes)))


async def refuse_items(
    db: Database, shop_id: int, items: Sequence[int], job_id: int, error_class: str, message: str
) -> None:
    """Refuse the products of some inventory items at every location."""
    await db.fetch("select sync.refuse_items(%s, %s, %s, %s, %s)", (shop_id, items, job_id, error_class, message))


async def compare_inventory(db: Database, run_id: int, *, correct: bool) -> Comparison:
    """Compare what a run has read with what should be, and note what is wrong; ``correct`` makes it pending."""
    row = await db.row("select levels, causes, marked, vanished from sync.compare_inventory(%s, %s)", (run_id, correct))
    return Comparison(**row)


async def linked_items(db: Database, shop_id: int, keys: Sequence[str]) -> list[int]:
    """Inventory items of a shop that some products are linked to."""
    rows = await db.fetch(
        "select inventory_item_id as item from sync.linked_items where shop_id = %s and product_key = any(%s) "
        "order by 1",
        (shop_id, list(keys)),
    )
    return [row["item"] for row in rows]


async def mark(db: Database, shop_id: int, keys: Sequence[str], run_id: int) -> int:
    """Look at the stock of some products for a run; returns how many must be pushed."""
    listed = list(keys)
    return int(
        await db.value(
            "select sync.mark_changes('inventory', %s, %s::text[], array_fill(now(), array[%s]), %s)",
            (shop_id, listed, len(listed), run_id),
        )
    )


async def discrepancies(db: Database, shop: str | None, limit: int) -> list[Row]:
    """What is wrong and not corrected yet, the largest first."""
    return await db.fetch(
        "select * from sync.open_discrepancies where %s::text is null or shop = %s "
        "order by abs(size) desc, shop, sku, location limit %s",
        (shop, shop, limit),
    )


async def differing_levels(db: Database, shop: str, limit: int) -> list[Row]:
    """Levels of a shop that differ from the warehouse, those that would go to zero first, then the largest."""
    return await db.fetch(
        "select * from sync.inventory_discrepancies where shop = %s "
        "order by desired > 0, abs(difference) desc, sku, location limit %s",
        (shop, limit),
    )


async def record_levels(
    db: Database,
    shop_id: int,
    tick: int,
    items: Sequence[int],
    levels: Sequence[dict[str, int]],
    request_id: int | None = None,
) -> int:
    """Note levels that a call that began with ``tick`` read for ``items``; returns how many were news.

    ``levels``: ``inventory_item_id, location_id, available, committed``. With ``request_id``, the stale request
    that made us look, differences become conflicts.
    """
    return int(
        await db.value(
            "select sync.record_levels(%s, %s, %s, %s::json, %s)",
            (shop_id, tick, list(items), db.encoding.json(levels), request_id),
        )
    )


async def map_locations(db: Database, shop_id: int, chosen: Mapping[str, int | None]) -> None:
    """Show the stock of warehouse locations, by key, at Shopify locations, or nowhere: all, or none of them."""
    await db.fetch(
        "select sync.map_locations(%s, %s::text[], %s::bigint[])", (shop_id, list(chosen), list(chosen.values()))
    )


async def mapped_locations(db: Database, shop_id: int) -> list[Row]:
    """The warehouse's locations: ``location_key, name, mapped, location_id, location``, and whether that ``is_active``
    (None: mapped nowhere, whether by choice or not)."""
    return await db.fetch(
        "select m.location_key, m.name, m.mapped, m.location_id, m.location, o.is_active "
        "from sync.mapped_locations as m left join sync.locations as o using (shop_id, location_id) "
        "where m.shop_id = %s order by m.location_key",
        (shop_id,),
    )


async def unmapped_locations(db: Database) -> list[Row]:
    """Locations of the warehouse that a linked shop shows nowhere although nobody wants it so: ``shop, location_key,
    message, remedy``."""
    return await db.fetch(
        "select shop, location_key, message, remedy from sync.unmapped_locations order by shop, location_key"
    )


async def watch_orders(db: Database, shop_id: int) -> None:
    """Raise or clear the alerts of a shop's `unbooked_orders` and `unseen_sales`."""
    await db.fetch("select sync.watch_orders(%s)", (shop_id,))


async def watch_stock(db: Database, shop_id: int) -> None:
    """Raise or clear the alerts of what `unheld_stock()` finds in a shop."""
    await db.fetch("select sync.watch_stock(%s)", (shop_id,))


async def watch_locations(db: Database, shop_id: int) -> None:
    """Raise or clear the alerts of a shop's `unmapped_locations`."""
    await db.fetch("select sync.watch_locations(%s)", (shop_id,))
