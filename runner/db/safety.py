"""What stands between a mistake and a live shop: modes, plans, the guard."""

from __future__ import annotations

from runner.db.core import Database, Row


async def set_mode(db: Database, shop_id: int, mode: str, fingerprint: str | None) -> int:
    """Switch a shop; returns how many keys will be pushed now.

    Raises:
        PlanRefused: it may not go live on this plan.
    """
    return int(await db.value("select sync.set_mode(%s, %s, %s)", (shop_id, mode, fingerprint)))


async def make_plans(db: Database, shop_id: int) -> list[Row]:
    """Store what would change if the shop went live now: ``kind, fingerprint, parts, moves, losses, detail``; in words,
    parts are ``noun`` and losing them is ``lost``."""
    return await db.fetch(
        "select p.*, k.parts as noun, k.lost from sync.make_plan(%s) as p join sync.kinds as k on k.kind = p.kind "
        "order by p.kind",
        (shop_id,),
    )


async def guards(db: Database, shop: str | None) -> list[Row]:
    """The guards of each shop, or of one, by kind."""
    return await db.fetch(
        "select * from sync.guard_status where %s::text is null or shop = %s order by shop, kind", (shop, shop)
    )


async def set_guard(
    db: Database, shop_id: int, kind: str | None, loss_share: float | None, change_share: float | None,
    allowance: int | None,
) -> None:  # fmt: skip
    """Say what is unusual for a shop, of one kind or of each; None leaves a limit as it is."""
    await db.fetch("select sync.set_guard(%s, %s, %s, %s, %s)", (shop_id, kind, loss_share, change_share, allowance))


async def kinds(db: Database) -> list[str]:
    """What travels between the warehouse and a shop."""
    return [r["kind"] for r in await db.fetch("select kind from sync.kinds order by kind")]


async def hold(db: Database, shop_id: int, kind: str, reason: str) -> bool:
    """Stop a kind in a shop; False if it was held already."""
    return bool(await db.value("select sync.hold_kind(%s, %s, %s)", (shop_id, kind, reason)))


async def lanes_at_work(db: Database, shop_id: int, kinds: list[str]) -> int:
    """How many lanes of some kinds have a job under way, which may have a request in flight."""
    return int(await db.value("select sync.lanes_at_work(%s, %s)", (shop_id, kinds)))


async def release(db: Database, shop_id: int, kind: str) -> int | None:
    """Let what waits of a kind go out; returns how many keys, None if it was not held."""
    found = await db.value("select sync.release_guard(%s, %s)", (shop_id, kind))
    return None if found is None else int(found)


async def run(db: Database, run_id: int) -> Row | None:
    """A run: ``kind, shop_id``, the ``shop`` and its ``mode``."""
    return await db.one("select kind, shop_id, shop, mode from sync.run_status where id = %s", (run_id,))


async def open_requests(db: Database, run_id: int) -> int:
    """Requests of a run that have no answer yet."""
    return int(await db.value("select open_requests from sync.run_status where id = %s", (run_id,)))


async def objects_written(db: Database, kind: str, run_id: int) -> list[int]:
    """Objects of Shopify of which a run has written something of a kind."""
    return list(await db.value("select sync.objects_written(%s, %s)", (kind, run_id)))


async def restore_run(db: Database, kind: str, run_id: int, undo_id: int) -> int:
    """Hold a kind and store what restores what a run has written of it; returns how many parts."""
    return int(await db.value("select sync.restore_run(%s, %s, %s)", (kind, run_id, undo_id)))


async def finish_undo(db: Database, run_id: int, undo_id: int) -> Row:
    """What an undo has come to: parts ``written`` by the run, ``restored``, ``refused``, ``changed`` since."""
    return await db.row("select * from sync.finish_undo(%s, %s)", (run_id, undo_id))
