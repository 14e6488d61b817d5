"""Bulk operations as they are stored: before they are started, while they run, and the lines of their results."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runner.db.core import Database, translated
from runner.db.texts import Encoding

# What JSON may say and Postgres cannot read as a text: a null character, half of a surrogate pair.
UNREADABLE = re.compile(rb"\\u(0000|[dD][89a-fA-F])")


@dataclass(frozen=True)
class Operation:
    """A bulk operation of ours. ``number`` is Shopify's, once it is known; ``tick`` was drawn before it was started."""

    id: int
    shop_id: int
    document: str
    marker: str
    state: str
    number: int | None
    tick: int
    objects: int
    quiet: float
    requests: list[int] | None
    created_at: datetime


_COLUMNS = (
    "b.id, b.shop_id, b.document, b.marker::text as marker, b.state, b.operation_id as number, b.tick, "
    "b.object_count as objects, extract(epoch from clock_timestamp() - b.advanced_at)::float as quiet, b.requests, "
    "b.created_at"
)


async def open_operation(
    db: Database, shop_id: int, kind: str, document: str, owner: str, requests: Sequence[int] | None = None
) -> Operation:
    """The operation that ``owner`` goes on with, or a new one. ``kind``: QUERY or MUTATION.

    ``requests``: of one that writes, the stored request of each line.
    """
    listed = None if requests is None else list(requests)
    row = await db.row(
        f"select {_COLUMNS} from sync.open_bulk(%s, %s, %s, %s, %s) as b", (shop_id, kind, document, owner, listed)
    )
    return Operation(**row)


async def unended(db: Database, shop_id: int, owner: str) -> list[Operation]:
    """Operations that ``owner`` has begun and that have not ended, oldest first."""
    rows = await db.fetch(
        f"select {_COLUMNS} from sync.bulk_operations as b "
        "where b.shop_id = %s and b.owner = %s and b.ended_at is null order by b.id",
        (shop_id, owner),
    )
    return [Operation(**row) for row in rows]


async def reread(db: Database, operation: Operation) -> Operation:
    """The operation as it stands now."""
    row = await db.row(f"select {_COLUMNS} from sync.bulk_operations as b where b.id = %s", (operation.id,))
    return Operation(**row)


async def claim_slot(db: Database, operation: Operation) -> bool:
    """Take one of the slots in which Shopify runs operations; False if none is free."""
    return bool(await db.value("select sync.claim_bulk(%s)", (operation.id,)))


async def advance(
    db: Database,
    operation: Operation,
    state: str,
    *,
    number: int | None = None,
    objects: int | None = None,
    roots: int | None = None,
    waits_for: str | None = None,
) -> Operation:
    """Note what was learned of it; returns it as it stands then."""
    row = await db.row(
        f"select {_COLUMNS} from sync.advance_bulk(%s, %s, %s, %s, %s, %s) as b",
        (operation.id, state, number, objects, roots, waits_for),
    )
    return Operation(**row)


async def end(db: Database, operation: Operation, problem: str | None = None) -> None:
    """It has ended: its result is noted, or ``problem`` says why it has none."""
    await db.fetch("select sync.end_bulk(%s, %s)", (operation.id, problem))


async def begin_download(db: Database, operation: Operation) -> int:
    """A result is about to be fetched; returns the number that its lines are to bear."""
    return int(await db.value("select sync.begin_download(%s)", (operation.id,)))


async def judge_download(db: Database, operation: Operation, download: int) -> str | None:
    """Whether the lines are the whole result; None, or what is wrong with them."""
    problem = await db.value("select sync.judge_download(%s, %s)", (operation.id, download))
    return None if problem is None else str(problem)


async def copy_lines(db: Database, download: int, lines: bytes) -> None:
    """Take whole lines of a result as they came, each ended by a line feed.

    Raises:
        DatabaseError: one is no JSON.
    """
    if db.encoding.name != "UTF8" or UNREADABLE.search(lines):
        lines = b"".join(_held(db.encoding, line) for line in lines.splitlines())
    number = b"%d\t" % download
    rows = number + lines.replace(b"\\", b"\\\\").rstrip(b"\n").replace(b"\n", b"\n" + number) + b"\n"
    with translated():
        async with (
            db.connection() as connection,
            connection.cursor() as cursor,
            cursor.copy("copy sync.bulk_lines (download, node) from stdin") as copy,
        ):
            await copy.write(rows)


def _held(encoding: Encoding, line: bytes) -> bytes:
    """A line whose texts the database can hold. A SKU that it cannot hold is none, as in a page of variants."""
    node: dict[str, Any] = json.loads(line)
    sku = node.get("sku")
    if sku is not None and not encoding.holds(sku):
        node |= {"sku": None, "displayName": f"{node.get('displayName')} (SKU {sku})"}
    return encoding.json(node).encode("utf-8", "surrogateescape") + b"\n"


async def ranges(
    db: Database, operation: Operation, after: int, size: int, *, roots: bool = False
) -> AsyncIterator[tuple[int, int, int]]:
    """The lines of a whole result after some line, or its roots: first, last and how many, range by range."""
    for row in await db.fetch(
        "select first, last, lines from sync.bulk_ranges(%s, %s, %s, %s)", (operation.id, after, size, roots)
    ):
        yield row["first"], row["last"], row["lines"]


async def budget(db: Database, shop_id: int, kind: str) -> tuple[float, float, float]:
    """Points that a shop's bucket holds, those that come back each second, as its answers last said, and for how many
    seconds single calls of a kind may wait for them."""
    row = await db.row(
        "select coalesce(b.capacity, 0) as capacity, coalesce(b.restore_rate, 0) as rate, k.bulk_above as above "
        "from sync.kinds as k left join sync.budgets as b on b.shop_id = %s where k.kind = %s",
        (shop_id, kind),
    )
    return row["capacity"], row["rate"], row["above"]
