"""What calls cost: learned from answers, and added up for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runner.db.core import Database, Row


@dataclass(frozen=True)
class Learned:
    """What Shopify asked for a document of a version, whose cost was predicted so; ``sizes``: how much was asked for,
    by variable."""

    document: str
    version: str
    predicted: int
    requested: int
    sizes: Mapping[str, int]


async def learn_cost(db: Database, shop_id: int, cost: Learned) -> None:
    """Keep what an answer has said."""
    await db.fetch(
        "select sync.learn_cost(%s, %s, %s, %s, %s, %s::json)",
        (shop_id, cost.document, cost.version, cost.predicted, cost.requested, db.encoding.json(cost.sizes)),
    )


async def learned(db: Database, shop_id: int) -> list[Learned]:
    """What is known of a shop, the latest first."""
    rows = await db.fetch(
        "select document, version, predicted, requested, sizes from sync.document_costs where shop_id = %s "
        "order by noted_at desc",
        (shop_id,),
    )
    return [Learned(**row) for row in rows]


async def capacity(db: Database, shop_id: int) -> float:
    """Points that a shop's bucket holds when it is full, as its answers last said."""
    return float(await db.value("select capacity from sync.budgets where shop_id = %s", (shop_id,)))


async def query_costs(db: Database, span: str, shop: str | None = None) -> list[Row]:
    """What the documents of each shop have cost in a span, ``1 hour``, ``1 day`` or ``7 days``, the dearest first."""
    return await db.fetch(
        "select * from sync.query_costs where span = %s::interval and (%s::text is null or shop = %s) "
        "order by shop, points desc nulls last, document",
        (span, shop, shop),
    )
