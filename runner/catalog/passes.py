"""Passes over a shop's catalogue, as runs do them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runner.catalog.collections import read_collections
from runner.catalog.edits import look_at_products
from runner.catalog.products import read_parts
from runner.catalog.reading import KEEP
from runner.catalog.reconcile import reconcile_products
from runner.db import Database
from runner.db import catalog as db
from runner.db import runs as db_runs
from runner.db.runs import Run
from runner.db.shops import Shop
from runner.errors import InvalidInput
from runner.linking.variants import Progress
from runner.shopify.client import Client

# Products whose parts are read, and conflicts that are decided, between two signs of how far it is.
STEP = 100


async def sync_products(
    database: Database, client: Client, shop: Shop, run: Run, progress: Progress
) -> Mapping[str, Any] | None:
    """Make pending what is to be sent of the products that follow the warehouse.

    ``run.args`` says of which: ``keys`` of products or groups; a ``collection``; those with ``images`` that Shopify
    could not fetch or shows otherwise; what has changed on either side ``since`` a moment; in ``full``, all, read anew
    (with ``auto`` as `sync.corrections` says); nothing, what has changed in the shop since the last look, and what the
    warehouse says otherwise than was agreed on.

    Raises:
        InvalidInput: the catalogue does not follow, or the shop has no such collection.
        RunTaken, RunCancelled: the run is not ours any more, or is to end.
        Transient, ShopRefused: the shop cannot be read.
    """
    if await db.catalog(database, shop.id) is None:
        raise InvalidInput(
            f"The catalogue of {shop.domain} does not follow the warehouse.",
            remedy=f"Run: shelfwire catalog follow {shop.domain}",
        )
    args = run.args
    if "keys" in args:
        return {"products": await db.push_groups(database, shop.id, args["keys"], run.id)}
    if "collection" in args:
        await read_collections(database, client, shop.id)
        groups = await db.collection_groups(database, shop.id, args["collection"])
        if groups is None:
            raise InvalidInput(f"{shop.domain} has no collection {args['collection']!r}.")
        return {"products": await db.push_groups(database, shop.id, groups, run.id)}
    if args.get("images"):
        return await _sync_images(database, client, shop, run, progress)
    if args.get("full"):
        return await _sync_all(database, client, shop, run, progress)
    since = datetime.fromisoformat(args["since"]) if "since" in args else None
    edited = await look_at_products(database, client, shop.id, since, run)
    progress(0, 0)
    if since is None:
        return {"edited": edited, "changed": await db.mark_all(database, shop.id, run.id)}
    return {"edited": edited, "changed": await db.mark_since(database, shop.id, since, run.id)}


async def _sync_all(
    database: Database, client: Client, shop: Shop, run: Run, progress: Progress
) -> Mapping[str, Any] | None:
    mode = await db_runs.corrects(database, shop.id, "catalog", run)
    if mode == "off":
        return None
    found = await reconcile_products(database, client, shop.id, run, progress, correct=mode == "fix")
    if mode == "fix":
        progress(found.products, found.products)
        # What a rule leaves to others is judged with the push; what was refused is tried again.
        await db.mark_edited(database, shop.id, run.id)
        await db.mark_all(database, shop.id, run.id)
    return {"found": found.found, **found._asdict()}


async def _sync_images(
    database: Database, client: Client, shop: Shop, run: Run, progress: Progress
) -> Mapping[str, Any] | None:
    products = sorted(await db.linked_products(database, shop.id))
    for start in range(0, len(products), STEP):
        progress(start, len(products))
        await read_parts(database, client, shop.id, products[start : start + STEP], keep=KEEP)
    progress(len(products), len(products))
    edited = await db.mark_edited(database, shop.id, run.id)
    return {"products": len(products), "edited": edited, "failed": await db.retry_images(database, shop.id, run.id)}


async def resolve_conflicts(
    database: Database, _client: Client, shop: Shop, run: Run, progress: Progress
) -> Mapping[str, Any] | None:
    """Decide the conflicts ``ids`` of ``run.args`` as its ``outcome``, ``value`` and ``by`` say, some at a time; or
    with ``retry``, try once more to write into the warehouse what could not be.

    Raises:
        InvalidInput: what was decided cannot be sent.
        RunTaken, RunCancelled: the run is not ours any more, or is to end.
    """
    args = run.args
    if args.get("retry"):
        return {"unwritten": await db.return_conflicts(database, shop.id)}
    ids, decided = args["ids"], 0
    # A value may be none that all can have: then none gets it.
    step = len(ids) if args["outcome"] == "value" else STEP
    for start in range(0, len(ids), step):
        progress(start, len(ids))
        some = ids[start : start + step]
        decided += await db.resolve(database, some, args["outcome"], args.get("value"), args["by"], run.id)
    progress(len(ids), len(ids))
    return {"decided": decided}
