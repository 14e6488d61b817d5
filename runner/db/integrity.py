"""What is looked for in every shop, and what was found."""

from __future__ import annotations

from runner.db.core import Database, Row

# Seconds that a check may take.
PATIENCE = 60.0


async def checks(db: Database) -> list[str]:
    """Names of all checks, those that are switched off among them: what they had found has ended."""
    return [row["name"] for row in await db.fetch("select name from sync.integrity_checks order by name")]


async def run_check(db: Database, shop_id: int, name: str) -> Row:
    """Run a check on a shop, note what it finds: ``found, opened, ended, error``; one that takes too long fails."""
    (row,) = await db.fetch("select * from sync.run_check(%s, %s)", (shop_id, name), patience=PATIENCE)
    return row


async def repair_findings(db: Database, shop_id: int, name: str, run_id: int) -> int:
    """Ask the engine to put right what a check has found, as far as that is safe; returns how many it takes."""
    return int(await db.value("select sync.repair_findings(%s, %s, %s)", (shop_id, name, run_id)))


async def open_findings(db: Database, shop_id: int, name: str, *, opens: bool) -> int:
    """Close tasks whose reason is gone, open those for what only a person can put right; returns how many are new."""
    return int(await db.value("select sync.open_findings(%s, %s, %s)", (shop_id, name, opens)))


async def issues(db: Database, shop: str | None, limit: int) -> list[Row]:
    """What is wrong, the most serious first, some rows of each check and shop; ``of``: how many there are."""
    return await db.fetch(
        "select i.* from ("
        "select *, row_number() over w as number, count(*) over (partition by shop, check_name, severity) as of "
        "from sync.integrity_issues where %s::text is null or shop = %s "
        "window w as (partition by shop, check_name, severity order by first_seen_at, subject, key)) as i "
        "where i.number <= %s "
        "order by array_position('{error,warning,info}', i.severity), i.check_name, i.shop, i.number",
        (shop, shop, limit),
    )
