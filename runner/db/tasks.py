"""What waits for a person."""

from __future__ import annotations

from runner.db.core import Database, Row


async def open_tasks(db: Database, shop: str | None, limit: int) -> list[Row]:
    """What is to be done, oldest first."""
    return await db.fetch(
        "select * from sync.open_tasks where %s::text is null or shop = %s order by opened_at, id limit %s",
        (shop, shop, limit),
    )


async def finish_task(db: Database, number: int, by: str, note: str | None) -> bool:
    """Note that a task is done; False if it is not open."""
    return bool(await db.value("select sync.finish_task(%s, %s, %s)", (number, by, note)))
