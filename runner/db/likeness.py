"""Names that people take for the same, by the database's judgement (skeleton(), tell_apart())."""

from __future__ import annotations

from collections.abc import Sequence

from runner.db.core import Database


async def near_miss(db: Database, wanted: str, names: Sequence[str]) -> str:
    """A sentence about the one of ``names`` that looks like ``wanted``; empty if none does."""
    if not db.encoding.holds(wanted):
        return ""
    found = await db.fetch(
        "select n.name, sync.tell_apart(n.name, %s) as words from unnest(%s::text[]) as n (name) "
        "where sync.skeleton(n.name) = sync.skeleton(%s) and sync.skeleton(n.name) <> '' and n.name <> %s "
        "order by n.name limit 1",
        (wanted, list(names), wanted, wanted),
    )
    return f" {found[0]['name']!r} looks the same but for {found[0]['words']}." if found else ""


async def near_sku(db: Database, wanted: str) -> str:
    """As `near_miss`, among the SKUs of the warehouse's products that shops know."""
    if not db.encoding.holds(wanted):
        return ""
    skus = await db.fetch(
        "select distinct k.sku from sync.links as k where sync.skeleton(k.sku) = sync.skeleton(%s) limit 10", (wanted,)
    )
    return await near_miss(db, wanted, [row["sku"] for row in skus])
