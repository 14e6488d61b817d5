"""A bulk operation from its slot to its end: started once, waited for, and never taken for done while it is not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog

from runner.bulk.texts import mark
from runner.db import Database
from runner.db import bulk as db
from runner.db.bulk import Operation
from runner.errors import DocumentRefused, LostAnswer, ServerFault, Transient
from runner.shopify.client import Client
from runner.shopify.documents import document
from runner.shopify.gids import id_of
from runner.shopify.search import created_query

log = structlog.get_logger()

# Seconds between two looks at an operation: they grow, for most take seconds, and some hours.
POLL, POLL_GROWTH, LONGEST_POLL = 0.25, 1.5, 10.0
# How often, in seconds, it is asked meanwhile whether it is to be waited for.
SLICE = 1.0
# Operations of the app that are looked through for one whose start was not answered: those made since it was stored, by
# however much Shopify's clock and the database's differ.
RECENT, CLOCKS = 100, timedelta(minutes=10)
BUSY = {"OPERATION_IN_PROGRESS", "LIMIT_REACHED"}

# Called between two looks; raises what is to end the wait.
Alive = Callable[[], Awaitable[None]]
Variables = Callable[[], Awaitable[dict[str, Any]]]


class BulkFailed(Transient):
    """An operation has no result that could be taken for the whole."""

    code = "BULK_OPERATION_FAILED"


async def start(
    database: Database, client: Client, operation: Operation, root: str, variables: Variables, alive: Alive
) -> Operation:
    """Wait for a slot and start an operation, unless it was started before.

    Args:
        root: the document that starts it; ``variables`` makes what it is given, each time it is to be started.

    Raises:
        DocumentRefused: Shopify does not take its text.
        Transient, ShopRefused, ShopHeld: as the client; whoever goes on finds it.
    """
    pause = POLL
    while operation.state in ("waiting", "starting"):
        if operation.state == "starting":
            # Somebody has asked for it and did not learn the answer.
            if found := await find(database, client, operation):
                return found
        elif not await db.claim_slot(database, operation):
            pause = await _pause(client, pause, alive)
            continue
        try:
            answer = await client.execute(document(root), await variables(), attempts=1)
        except (LostAnswer, ServerFault):
            operation = await db.reread(database, operation)
            pause = await _pause(client, pause, alive)
            continue
        (payload,) = answer.data.values()
        errors = payload["userErrors"]
        if errors and errors[0]["code"] in BUSY:
            # Of the app too, and not by us: it is waited for.
            operation = await db.advance(database, operation, "waiting", waits_for=errors[0]["message"])
            log.info("bulk.waits", document=operation.document, shop_id=operation.shop_id, error=errors[0]["message"])
            pause = await _pause(client, pause, alive)
            continue
        if errors:
            words = "; ".join(e["message"] for e in errors)
            await db.end(database, operation, words)
            refused = DocumentRefused(words, code=errors[0]["code"] or "INVALID")
            refused.document = operation.document
            raise refused
        operation = await db.advance(database, operation, "running", number=id_of(payload["bulkOperation"]["id"]))
    return operation


async def find(database: Database, client: Client, operation: Operation) -> Operation | None:
    """An operation whose start was not answered, if Shopify runs it: by the mark in its text, which Shopify keeps."""
    if operation.state == "waiting":
        return None
    since = created_query(operation.created_at - CLOCKS)
    answer = await client.execute(document("BulkOperations"), {"first": RECENT, "query": since})
    found = (n for n in answer.data["bulkOperations"]["nodes"] if n["query"].startswith(mark(operation.marker)))
    number = next((id_of(node["id"]) for node in found), None)
    return None if number is None else await db.advance(database, operation, "running", number=number)


async def wait(database: Database, client: Client, operation: Operation, alive: Alive) -> dict[str, Any]:
    """Wait until an operation has ended; returns it as Shopify shows it then.

    Raises:
        BulkFailed: it makes no progress: it is cancelled.
        Transient, ShopRefused: it cannot be asked for.
    """
    pause, patience = POLL, client.bulk_patience
    while True:
        shown = await look(client, operation)
        objects, roots = int(shown["objectCount"]), int(shown["rootObjectCount"])
        if shown["status"] not in ("CREATED", "RUNNING", "CANCELING"):
            state = "completed" if shown["status"] == "COMPLETED" else "running"
            await db.advance(database, operation, state, objects=objects, roots=roots)
            return shown
        operation = await db.advance(database, operation, "running", objects=objects, roots=roots)
        if operation.quiet > patience:
            await cancel(client, operation)
            raise BulkFailed(f"Shopify made no progress with {operation.document} for {patience:.0f} s: cancelled.")
        pause = await _pause(client, pause, alive)


async def look(client: Client, operation: Operation) -> dict[str, Any]:
    """An operation as Shopify shows it now."""
    answer = await client.execute(document("BulkOperation"), {"id": f"gid://shopify/BulkOperation/{operation.number}"})
    shown: dict[str, Any] = answer.data["bulkOperation"]
    return shown


async def cancel(client: Client, operation: Operation) -> None:
    """Have Shopify stop an operation; one that has ended stays as it is."""
    await client.execute(document("BulkOperationCancel"), {"id": f"gid://shopify/BulkOperation/{operation.number}"})


async def _pause(client: Client, seconds: float, alive: Alive) -> float:
    left = seconds
    while left > 0:
        await alive()
        await client.pause(min(left, SLICE))
        left -= SLICE
    return min(LONGEST_POLL, seconds * POLL_GROWTH)
