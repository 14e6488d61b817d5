"""Make products of the warehouse out of what only a shop has, as its mapping says, once somebody has seen which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.db import Database
from runner.db import mirror as db
from runner.db import runs as db_runs
from runner.db.runs import Run
from runner.db.shops import Shop
from runner.errors import InvalidInput
from runner.linking.variants import Progress
from runner.shopify.client import Client

INSERT = "Say how in the mapping ([products] insert), see docs/catalog.md, and run: shelfwire attach"


async def insert_products(
    database: Database, _client: Client, shop: Shop, run: Run, progress: Progress
) -> Mapping[str, Any] | None:
    """Make each of them, one transaction each: one that the warehouse refuses holds back no other.

    Args:
        run: ``fingerprint`` of ``args`` stands for what somebody has seen.

    Raises:
        InvalidInput: the mapping does not say how, or by now it would be others.
        RunTaken, RunCancelled: the run is not ours any more, or is to end.
    """
    if not await db.can_insert(database):
        raise InvalidInput("The mapping lets no product be made in the warehouse.", remedy=INSERT)
    # Begun before, some of them are made already.
    if run.attempt == 1 and run.args.get("fingerprint") != await db.insertable_fingerprint(database, shop.id):
        raise InvalidInput(
            "What only the shop has is not what the plan has shown.", remedy="Run: shelfwire import products --insert"
        )
    wanted = [row for row in await db.insertable(database, shop.id) if row["problem"] is None]
    made = 0
    for place, row in enumerate(wanted):
        progress(place, len(wanted))
        problem = await db.insert_variant(database, shop.id, row["variant_id"])
        if problem is None:
            made += 1
        else:
            await db_runs.note_failure(database, run, "catalog", row["sku"], "NOT_INSERTED", problem)
    progress(len(wanted), len(wanted))
    return {"made": made, "refused": len(wanted) - made}
