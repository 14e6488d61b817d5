"""What people are shown: the reporting views, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runner.db.core import Database, Row


async def health(db: Database) -> list[Row]:
    """One row per shop."""
    return await db.fetch("select * from sync.sync_health order by shop")


async def shops(db: Database) -> list[Row]:
    """Shops without their secrets."""
    return await db.fetch(
        "select domain, mode, name, url, grant_type, currency, scopes, verified_at, linked_at from sync.shops "
        "order by domain"
    )


async def runs(db: Database, limit: int) -> list[Row]:
    """Longer pieces of work, newest first; ``written``: levels that an undo would restore."""
    return await db.fetch(
        "select *, (select count(*) from sync.levels_written(id)) as written from sync.run_status "
        "order by id desc limit %s",
        (limit,),
    )


async def pending(db: Database, limit: int) -> list[Row]:
    """What is not acknowledged yet, oldest first."""
    return await db.fetch("select * from sync.pending_changes order by since limit %s", (limit,))


async def refusals(db: Database, shop: str | None, error_class: str | None, limit: int) -> list[Row]:
    """What needs a person, newest first."""
    return await db.fetch(
        "select * from sync.open_refusals where (%s::text is null or shop = %s) and (%s::text is null or class = %s) "
        "order by last_at desc, key limit %s",
        (shop, shop, error_class, error_class, limit),
    )


async def retry_refusals(db: Database, shop_id: int | None, error_class: str | None, keys: list[str] | None) -> int:
    """Try refused pushes again; returns how many products."""
    if keys is not None:
        keys = [key for key in keys if db.encoding.holds(key)]
    return int(await db.value("select sync.retry_refusals(%s, %s, %s)", (shop_id, error_class, keys)))


async def explain_stock(db: Database, name: str) -> list[dict[str, Any]]:
    """Everything that explains a SKU's numbers; see explain_stock.sql for the shape."""
    if not db.encoding.holds(name):
        return []
    found = await db.value("select sync.explain_stock(%s)", (name,))
    assert isinstance(found, list)
    return found


async def keys_named(db: Database, names: Sequence[str]) -> dict[str, list[str]]:
    """The keys of the warehouse's products by some names, each a SKU or a key; those without any are left out."""
    held = [name for name in names if db.encoding.holds(name)]
    found: dict[str, list[str]] = {}
    for row in await db.fetch("select name, product_key from sync.keys_named(%s) order by 2", (held,)):
        found.setdefault(row["name"], []).append(row["product_key"])
    return found


async def schedules(db: Database) -> list[Row]:
    """What the runner does by itself."""
    return await db.fetch(
        "select s.name, h.domain as shop, s.shop_id, s.expression, s.is_enabled, s.description, s.run_kind, s.args, "
        "s.last_run_at, s.last_error from sync.schedules as s left join sync.shops as h on h.id = s.shop_id "
        "order by s.name, h.domain nulls first"
    )


async def set_schedule(
    db: Database, name: str, expression: str | None, is_enabled: bool | None, shop_id: int | None = None
) -> bool:
    """Change a schedule, everywhere or in a shop; False if there is none of this name, or none that a shop may have of
    its own."""
    return bool(await db.value("select sync.set_schedule(%s, %s, %s, %s)", (name, expression, is_enabled, shop_id)))


async def reset_schedule(db: Database, name: str, shop_id: int) -> bool:
    """Let a schedule be in a shop as it is in all; False if it was."""
    return bool(await db.value("select sync.reset_schedule(%s, %s)", (name, shop_id)))


async def note_schedule(db: Database, name: str, error: str | None, shop_id: int | None = None) -> None:
    """Note that a schedule has come, everywhere or in a shop of its own."""
    await db.fetch("select sync.note_schedule(%s, %s, %s)", (name, error, shop_id))
