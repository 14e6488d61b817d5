"""What only a shop has, and products of the warehouse that are made of it."""

from __future__ import annotations

from runner.db.core import Database, Row


async def count_remote_only(db: Database, shop_id: int) -> dict[str, int]:
    """``unmatched``: variants that only the shop has; ``insertable``: those that could be products of the warehouse."""
    row = await db.row(
        "select count(*) as unmatched, count(*) filter (where problem is null) as insertable "
        "from sync.insertable_variants(%s)",
        (shop_id,),
    )
    return dict(row)


async def insertable(db: Database, shop_id: int, limit: int | None = None) -> list[Row]:
    """Variants that only the shop has: ``variant_id, sku, title, price, problem``; those that can be made first."""
    return await db.fetch(
        "select variant_id, sku, title, shown ->> 'price' as price, problem from sync.insertable_variants(%s) "
        "order by problem is not null, sku, variant_id limit %s",
        (shop_id, limit),
    )


async def insertable_fingerprint(db: Database, shop_id: int) -> str:
    """Stands for all products that would be made in the warehouse, and for how."""
    return str(await db.value("select sync.insertable_fingerprint(%s)", (shop_id,)))


async def can_insert(db: Database) -> bool:
    """Whether the mapping says how a product is made in the warehouse."""
    return bool(await db.value("select sync.can_insert_products()"))


async def insert_variant(db: Database, shop_id: int, variant_id: int) -> str | None:
    """Make a product of the warehouse out of a variant that only the shop has; None, or why it is not made."""
    problem: str | None = await db.value("select sync.insert_variant(%s, %s)", (shop_id, variant_id))
    return problem
