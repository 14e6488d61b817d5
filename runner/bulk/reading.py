"""Read everything by a bulk operation: its result, whole or not at all, becomes lines in the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

import httpx
import structlog

from runner.bulk.operation import Alive, BulkFailed, cancel, look, start, wait
from runner.bulk.texts import bulk_text
from runner.db import Database
from runner.db import bulk as db
from runner.db.bulk import Operation
from runner.errors import DatabaseError, OutOfReach, RolledBack, ShopifyError
from runner.shopify.client import Client
from runner.shopify.documents import document

log = structlog.get_logger()

# Bytes of lines that are copied at a time.
CHUNK = 4 * 1024 * 1024
# How often a result is fetched before it is given up; seconds between two tries, growing.
DOWNLOADS = 4
DELAY = 0.5
# Seconds without a byte, and to be connected.
TIMEOUT = httpx.Timeout(60, connect=10)


async def read_all(
    database: Database,
    client: Client,
    shop_id: int,
    name: str,
    variables: Mapping[str, Any],
    owner: str,
    expected: int | None,
    alive: Alive,
) -> Operation:
    """Read what a document asks for, of the whole shop; returns the operation, whose lines are the whole result.

    Interrupted, it is gone on with by whoever calls next with the same ``owner``: an operation that runs is waited for.

    Args:
        expected: how many roots there were right before, as far as it was counted; less than half of them is a doubt.
        alive: called while it is waited for; raises what is to end the wait.

    Raises:
        BulkFailed: it ended without a result, or with one that is not whole.
        DocumentRefused, Transient, ShopRefused: as the client.
    """
    operation = await db.open_operation(database, shop_id, "QUERY", name, owner)
    if operation.state == "whole":
        return operation
    text = bulk_text(document(name), operation.marker, variables)

    async def given() -> dict[str, Any]:
        return {"query": text}

    operation = await start(database, client, operation, "BulkOperationRunQuery", given, alive)
    try:
        shown = await wait(database, client, operation, alive)
        if shown["status"] != "COMPLETED":
            reason = f" ({shown['errorCode']})" if shown["errorCode"] else ""
            raise BulkFailed(f"Shopify ended {name} as {shown['status']}{reason}.")
        if expected and 2 * int(shown["rootObjectCount"]) < expected:
            raise BulkFailed(f"{name} shows {shown['rootObjectCount']} of {expected} that were counted right before.")
        await _fetch(database, client, operation, shown, alive)
    except BulkFailed as error:
        await db.end(database, operation, error.message)
        raise
    return await db.reread(database, operation)


async def give_up(database: Database, client: Client | None, operation: Operation, problem: str) -> None:
    """Nobody wants its result any more: it is cancelled, if the shop can be asked, and leaves nothing."""
    if client and operation.number is not None and operation.state == "running":
        with suppress(ShopifyError):
            await cancel(client, operation)
    await db.end(database, operation, problem)


async def _fetch(database: Database, client: Client, operation: Operation, shown: dict[str, Any], alive: Alive) -> None:
    """Fetch the result until all of it is here."""
    problem = ""
    for attempt in range(DOWNLOADS):
        if attempt:
            await asyncio.sleep(DELAY * 2**attempt)
            shown = await look(client, operation)  # Its address may have ended, and another be given.
        download = await db.begin_download(database, operation)
        if shown["url"]:
            try:
                async for chunk in chunks(shown["url"]):
                    await db.copy_lines(database, download, chunk)
                    await alive()
            except httpx.HTTPError as error:
                problem = f"it could not be fetched ({type(error).__name__})"
                continue
            except (OutOfReach, RolledBack):
                raise
            except DatabaseError as error:
                problem = f"it could not be read: {error.message}"
                continue
        wrong = await db.judge_download(database, operation, download)
        if wrong is None:
            return
        problem = wrong
        log.warning("bulk.not_whole", document=operation.document, shop_id=operation.shop_id, problem=problem)
    raise BulkFailed(f"The result of {operation.document} is not whole: {problem}.")


async def chunks(url: str) -> AsyncIterator[bytes]:
    """Whole lines of a result, some megabytes at a time.

    Raises:
        httpx.HTTPError: it is not there, or broke off.
    """
    async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=True) as http, http.stream("GET", url) as response:
        response.raise_for_status()
        kept: list[bytes] = []
        size = 0
        async for piece in response.aiter_bytes(65536):
            kept.append(piece)
            size += len(piece)
            if size >= CHUNK:
                whole, _, rest = b"".join(kept).rpartition(b"\n")
                if whole:
                    yield whole + b"\n"
                kept, size = [rest], len(rest)
        if last := b"".join(kept).strip(b"\n"):
            yield last + b"\n"
