"""What stands between a mistake and a live shop: modes, plans, the guard, undo."""

from __future__ import annotations

from runner.db.core import Database, Row


async def set_mode(db: Database, shop_id: int, mode: str, fingerprint: str | None) -> int:
    """Switch a shop; returns how many products will be pushed now.

    Raises:
        PlanRefused: it may not go live on this plan.
    """
    return int(await db.value("select sync.set_mode(%s, %s, %s)", (shop_id, mode, fingerprint)))


async def make_plan(db: Database, shop_id: int) -> Row:
    """Store what would move if the shop went live now: ``fingerprint, levels, moves, zeroes, units_up, units_down``."""
    return await db.row("select * from sync.make_plan(%s)", (shop_id,))


async def differing_levels(db: Database, shop: str, limit: int) -> list[Row]:
    """Levels of a shop that differ from the warehouse, those that would go to zero first, then the largest."""
    return await db.fetch(
        "select * from sync.inventory_discrepancies where shop = %s "
        "order by desired > 0, abs(difference) desc, sku, location limit %s",
        (shop, limit),
    )


async def guards(db: Database, shop: str | None) -> list[Row]:
    """The guard of each shop, or of one."""
    return await db.fetch(
        "select * from sync.guard_status where %s::text is null or shop = %s order by shop", (shop, shop)
    )


async def set_guard(
    db: Database, shop_id: int, zero_share: float | None, change_share: float | None, allowance: int | None
) -> None:
    """Say what is unusual for a shop; None leaves a limit as it is."""
    await db.fetch(
        "update sync.guards set zero_share = coalesce(%s, zero_share), change_share = coalesce(%s, change_share), "
        "allowance = coalesce(%s, allowance) where shop_id = %s",
        (zero_share, change_share, allowance, shop_id),
    )


async def hold(db: Database, shop_id: int, reason: str) -> bool:
    """Stop a shop; False if it was held already."""
    return bool(await db.value("select sync.hold_shop(%s, %s)", (shop_id, reason)))


async def release(db: Database, shop_id: int) -> int | None:
    """Let what waits go out; returns how many products, None if nothing was held."""
    found = await db.value("select sync.release_guard(%s)", (shop_id,))
    return None if found is None else int(found)


async def run(db: Database, run_id: int) -> Row | None:
    """A run: ``kind, shop_id``, the ``shop`` and its ``mode``."""
    return await db.one(
        "select r.kind, r.shop_id, h.domain as shop, h.mode from sync.runs as r "
        "join sync.shops as h on h.id = r.shop_id where r.id = %s",
        (run_id,),
    )


async def items_written(db: Database, run_id: int) -> list[int]:
    """Inventory items of which a run has set levels."""
    rows = await db.fetch("select distinct inventory_item_id as id from sync.written_by(%s) order by 1", (run_id,))
    return [r["id"] for r in rows]


async def plan_undo(db: Database, run_id: int, undo_id: int) -> int:
    """Hold the shop and store what restores a run's levels; returns how many levels."""
    return int(await db.value("select sync.plan_undo(%s, %s)", (run_id, undo_id)))


async def open_requests(db: Database, undo_id: int) -> int:
    """Requests of an undo that have no answer yet."""
    return int(await db.value("select count(*) from sync.requests where run_id = %s and state = 'open'", (undo_id,)))


async def finish_undo(db: Database, run_id: int, undo_id: int) -> Row:
    """What an undo has come to: levels ``written`` by the run, ``restored``, ``refused``, ``changed`` since."""
    return await db.row("select * from sync.finish_undo(%s, %s)", (run_id, undo_id))
