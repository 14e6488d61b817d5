"""What people are shown: the reporting views, as rows."""

from __future__ import annotations

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


async def schedules(db: Database) -> list[Row]:
    """What the runner does by itself."""
    return await db.fetch(
        "select name, expression, is_enabled, description, last_run_at, last_error from sync.schedules order by name"
    )


async def set_schedule(db: Database, name: str, expression: str | None, is_enabled: bool | None) -> bool:
    """Change a schedule; False if there is none of this name."""
    return bool(await db.value("select sync.set_schedule(%s, %s, %s)", (name, expression, is_enabled)))


async def note_schedule(db: Database, name: str, error: str | None) -> None:
    """Note that a schedule ran."""
    await db.fetch("select sync.note_schedule(%s, %s)", (name, error))
