"""One shop, one writer: the mark that we keep in each live shop, and what it means that another is there."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

import structlog

from runner.db import Database
from runner.db import shops as db_shops
from runner.db import writers as db
from runner.db.shops import Shop
from runner.db.writers import Beat
from runner.errors import DatabaseError, RequestRefused, ShelfwireError, ShopRefused, Transient
from runner.shopify.budget import Stopping
from runner.shopify.client import Client
from runner.shopify.documents import document
from runner.shopify.shops import Shops

log = structlog.get_logger()

# A metafield of the app's installation: no scope is needed, and nobody else sees it.
NAMESPACE, KEY = "shelfwire", "writer"
# How often a mark is renewed, a failure is tried again, and a doubtful mark is looked at.
BEAT_SECONDS = 20.0
AGAIN_SECONDS = 3.0
# How long who renews a mark has for it.
LEASE_SECONDS = 15.0
# How often it is asked which marks are due, and at least between two questions.
LOOK_SECONDS = 1.0
PAUSE_SECONDS = 0.2
# How often in a row a mark may be changed under our hands.
LOOKS = 3

# Sees to it that a shop is read as a whole.
Read = Callable[[Database, Shop], Awaitable[None]]


class Held(NamedTuple):
    """What a shop holds: the app's own object, the mark, its digest, and how old it is in seconds."""

    owner: str
    mark: dict[str, Any] | None
    digest: str | None
    age: float


class Writers:
    """Keeps our mark in every live shop. ``read`` is asked for shops whose levels are not to be trusted."""

    def __init__(self, shops: Shops, read: Read) -> None:
        self._shops = shops
        self._db = shops.db
        self._read = read
        self._woken = asyncio.Event()
        self._tasks: dict[tuple[str, int], asyncio.Task[None]] = {}

    def wake(self, _payload: object = None) -> None:
        """A shop may have gone live."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Renew what is due until ``stopping`` is set. Each shop by itself: none waits for another's answer."""
        while not stopping.is_set():
            asked = time.monotonic()
            self._woken.clear()
            try:
                for beat in await db.lease_beats(self._db, LEASE_SECONDS):
                    self._begin("renew", beat.shop_id, self._renew(beat))
                for shop_id in await db.unread(self._db):
                    self._begin("read", shop_id, self._read_whole(shop_id))
            except DatabaseError as error:
                self._db.outage.note(error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK_SECONDS)
            await asyncio.sleep(max(0.0, PAUSE_SECONDS - (time.monotonic() - asked)))
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _begin(self, what: str, shop_id: int, work: Coroutine[Any, Any, None]) -> None:
        """Do it beside all else, unless it is being done."""
        if (what, shop_id) in self._tasks:
            work.close()
            return
        task = self._tasks[what, shop_id] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._tasks.pop((what, shop_id)))

    async def _renew(self, beat: Beat) -> None:
        try:
            await renew(self._db, await self._shops.client(beat.shop_id), beat)
        except ShelfwireError as error:
            log.info("writer.silent", shop_id=beat.shop_id, error=str(error))
            counts = isinstance(error, Transient | ShopRefused) and not isinstance(error, Stopping)
            code, refused = getattr(error, "code", None), isinstance(error, ShopRefused)
            with suppress(DatabaseError):
                await db.note_silence(
                    self._db, beat.shop_id, str(error), AGAIN_SECONDS, code if counts else None, refused=refused
                )

    async def _read_whole(self, shop_id: int) -> None:
        try:
            shop = await db_shops.shop(self._db, shop_id)
            if shop is not None:
                await self._read(self._db, shop)
        except ShelfwireError as error:
            log.warning("writer.unread", shop_id=shop_id, error=str(error))
        await asyncio.sleep(AGAIN_SECONDS)


async def renew(database: Database, client: Client, beat: Beat) -> bool:
    """Leave a mark in a shop if what it holds is ours, or nobody's; says whether it is there now.

    Raises:
        Transient, ShopRefused, DocumentRefused, RequestRefused: it cannot be left there; it may have been.
    """
    if beat.owner and beat.digest and await leave(database, client, beat, Held(beat.owner, None, beat.digest, 0)):
        return True
    for _ in range(LOOKS):
        held = await look(client)
        verdict = await db.judge(database, beat.shop_id, held.mark, held.age)
        if verdict in ("wait", "other"):
            log.warning("writer.doubted", shop_id=beat.shop_id, verdict=verdict, found=held.mark)
            if verdict == "wait":
                await db.note_silence(database, beat.shop_id, "a mark of ours that is not known here", AGAIN_SECONDS)
            return False
        if await leave(database, client, beat, held):
            return True
    raise RequestRefused("The mark of the writer keeps changing.", code="KEEPS_CHANGING")


async def look(client: Client) -> Held:
    """What a shop holds as its writer's mark."""
    answer = await client.execute(document("Writer"), {"namespace": NAMESPACE, "key": KEY}, attempts=1)
    app = answer.data["currentAppInstallation"]
    found = app["metafield"]
    if found is None:
        return Held(app["id"], None, None, 0)
    age = datetime.now(UTC) - datetime.fromisoformat(found["updatedAt"])
    try:
        mark = json.loads(found["value"])
    except ValueError:
        mark = {}
    return Held(app["id"], mark if isinstance(mark, dict) else {}, found["compareDigest"], age.total_seconds())


async def leave(database: Database, client: Client, beat: Beat, held: Held) -> bool:
    """Put our mark in the place of what was held; False if that is another by now."""
    given = {
        "ownerId": held.owner,
        "namespace": NAMESPACE,
        "key": KEY,
        "type": "json",
        "value": json.dumps(beat.says),
        "compareDigest": held.digest,
    }
    answer = await client.execute(document("WriterMark"), {"metafields": [given]}, attempts=1, is_mark=True)
    payload = answer.data["metafieldsSet"]
    if payload["userErrors"]:
        stale = {error["code"] for error in payload["userErrors"]} <= {"STALE_OBJECT", "INVALID_COMPARE_DIGEST"}
        if not stale:
            raise RequestRefused(payload["userErrors"][0]["message"], code=str(payload["userErrors"][0]["code"]))
        return False
    await db.confirm(database, beat, held.owner, payload["metafields"][0]["compareDigest"], BEAT_SECONDS)
    return True


async def adopt(database: Database, client: Client, shop: Shop) -> dict[str, Any] | None:
    """Become the writer of a shop, whoever was; returns the mark that was there.

    Raises:
        Transient, ShopRefused, DocumentRefused, RequestRefused: it cannot be left there; a runner tries again if the
            shop is live.
    """
    beat = await db.adopt(database, shop.id)
    for _ in range(LOOKS):
        held = await look(client)
        if await leave(database, client, beat, held):
            return held.mark
    raise RequestRefused("The mark of the writer keeps changing.", code="KEEPS_CHANGING")
