"""Write by bulk operations: lines are uploaded, run, and each answer is handed to whoever has asked for it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import IO, Any, NamedTuple

import httpx
import structlog

from runner.bulk.operation import Alive, BulkFailed, cancel, look, start, wait
from runner.bulk.reading import DOWNLOADS, TIMEOUT, chunks
from runner.bulk.texts import mark
from runner.db import Database
from runner.db.bulk import Operation
from runner.errors import ShopifyError
from runner.shopify.answers import fault_of
from runner.shopify.client import Client
from runner.shopify.documents import Document, document

log = structlog.get_logger()

# Shopify takes 100 MB of lines (bulkOperationRunMutation).
LARGEST = 95 * 1024 * 1024


class Outcome(NamedTuple):
    """What became of a line: ``data``, if there is no error."""

    line: int
    data: dict[str, Any]
    error: ShopifyError | None


async def write_all(
    database: Database, client: Client, operation: Operation, asked: Document, lines: IO[bytes], alive: Alive
) -> dict[str, Any]:
    """Upload lines, have a document run with the variables of each, and wait; returns the operation as it ended.

    Args:
        alive: called while it is waited for; raises what is to end the wait: the operation goes on.

    Raises:
        BulkFailed: it makes no progress, or the lines could not be uploaded.
        DocumentRefused, Transient, ShopRefused, ShopHeld: as the client.
    """

    path: str | None = None

    async def variables() -> dict[str, Any]:
        nonlocal path
        path = path or await _upload(client, operation, lines)
        return {"mutation": f"{mark(operation.marker)}\n{asked.text}", "path": path}

    operation = await start(database, client, operation, "BulkOperationRunMutation", variables, alive)
    return await wait(database, client, operation, alive)


async def stop(database: Database, client: Client, operation: Operation) -> dict[str, Any]:
    """Have Shopify stop an operation, and wait until it has; returns it as it ended."""

    async def alive() -> None:
        """Whatever happens, what it has done is to be known."""

    await cancel(client, operation)
    return await wait(database, client, operation, alive)


async def outcomes(
    client: Client, operation: Operation, asked: Document, shown: dict[str, Any]
) -> AsyncIterator[Outcome]:
    """What became of each line that was run, in no order; of one that is not among them it is not known.

    A result that breaks off is fetched again: some lines may come twice.
    """
    for attempt in range(DOWNLOADS):
        if attempt:
            shown = await look(client, operation)
        url = shown["url"] or shown["partialDataUrl"]
        if url is None:
            return
        try:
            async for chunk in chunks(url):
                for line in chunk.splitlines():
                    if outcome := _outcome(line, asked):
                        yield outcome
            return
        except httpx.HTTPError as error:
            log.warning("bulk.not_whole", document=operation.document, problem=type(error).__name__, tries=attempt + 1)


def _outcome(line: bytes, asked: Document) -> Outcome | None:
    try:
        said = json.loads(line)
        number = int(said["__lineNumber"])
    except (ValueError, KeyError, TypeError):
        return None  # Cut off: nothing is known of it.
    return Outcome(number, said.get("data") or {}, fault_of(said, asked))


async def _upload(client: Client, operation: Operation, lines: IO[bytes]) -> str:
    """Upload the lines to where Shopify reads them; returns their path there.

    Raises:
        BulkFailed: they were not taken.
    """
    given = {
        "resource": "BULK_MUTATION_VARIABLES",
        "filename": f"shelfwire-{operation.id}.jsonl",
        "mimeType": "text/jsonl",
        "httpMethod": "POST",
    }
    answer = await client.execute(document("StagedUploadsCreate"), {"input": [given]})
    payload = answer.data["stagedUploadsCreate"]
    if payload["userErrors"] or not payload["stagedTargets"]:
        words = "; ".join(e["message"] for e in payload["userErrors"])
        raise BulkFailed(f"Shopify gives no place to upload to: {words}")
    (target,) = payload["stagedTargets"]
    fields = {p["name"]: p["value"] for p in target["parameters"]}
    for attempt in range(DOWNLOADS):
        lines.seek(0)
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT) as http:
                # The file is the last of the form's fields, as Google's storage wants it.
                response = await http.post(
                    target["url"], data=fields, files={"file": (given["filename"], lines, given["mimeType"])}
                )
                response.raise_for_status()
            return str(fields["key"])
        except httpx.HTTPError as error:
            log.warning("bulk.not_uploaded", document=operation.document, problem=type(error).__name__)
            if attempt == DOWNLOADS - 1:
                raise BulkFailed(f"The lines could not be uploaded ({type(error).__name__}).") from error
    raise AssertionError("there is a try at least")
