"""The runner process: its parts put together, started, and stopped."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial

import structlog

from runner.alerts.courier import Courier
from runner.alerts.sinks import Sinks
from runner.catalog.edits import look_at_products
from runner.config import Settings
from runner.db import Database
from runner.db import alerts as db_alerts
from runner.db import relay as db_relay
from runner.db import runs as db_runs
from runner.db import shops as db_shops
from runner.db.driver import Listener
from runner.db.outage import Outage, is_away
from runner.db.pooler import BETWEEN, DIRECTLY, Pooling, pooling
from runner.db.revision import revision
from runner.db.session import POOLED_RUNNER, RUNNER
from runner.db.shops import Shop
from runner.engine.jobs import handler
from runner.engine.relay import Relay
from runner.engine.runs import CHANNEL as RUNS
from runner.engine.runs import Runs
from runner.engine.schedule import Scheduler
from runner.engine.worker import CHANNEL, Worker, queries
from runner.errors import InvalidInput, NotInstalled, OutOfReach, Pooled, ShelfwireError
from runner.kinds import errands
from runner.passes import PASSES
from runner.schema.head import head
from runner.shopify.client import Client
from runner.shopify.shops import Shops
from runner.shopify.vault import Vault, is_other_key
from runner.shopify.writers import Writers
from runner.webhooks.router import CHANNEL as WEBHOOKS
from runner.webhooks.router import Router

log = structlog.get_logger()

# How long a start, or the end of what is in flight, waits until it looks again whether Postgres is there.
AWAY_SECONDS = 1.0
# To Postgres at most; one more listens. The README says so.
CONNECTIONS = 8
CHANGES = "sync_changes"
ALERTS = "sync_alerts"


# Before what people have asked for: nothing is written to the shop until it is done.
URGENT = 90


async def run(settings: Settings, stopping: asyncio.Event | None = None) -> None:
    """Keep every shop in step until SIGTERM or SIGINT, or until ``stopping`` is set by who gives it; then finish what
    is in flight and give back the rest.

    Any number of runners may work on one database.

    While Postgres is away the runner waits for it, from its start to its end.

    Raises:
        InvalidInput: there is no secret key, or another one than the shops' tokens were encrypted with.
        DatabaseError: Postgres refuses the runner, or its schema is not the one this code needs.
    """
    if stopping is None:
        stopping = asyncio.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signum, stopping.set)
    async with AsyncExitStack() as stack:
        database = await _begin(settings, stack, stopping)
        if database is not None:
            shops = await stack.enter_async_context(Shops.open(database, settings, stopping))
            sinks = await stack.enter_async_context(Sinks.open(settings))
            await _work(settings, database, shops, sinks, stopping)
    log.info("runner.stopped")


async def _begin(settings: Settings, stack: AsyncExitStack, stopping: asyncio.Event) -> Database | None:
    """The database, as soon as it is there; None if it is time to stop before that."""
    outage, is_refused = Outage(), False
    stopped = asyncio.create_task(stopping.wait())
    while not stopping.is_set():
        opening = asyncio.create_task(_open(settings, stack))
        await asyncio.wait((opening, stopped), return_when=asyncio.FIRST_COMPLETED)
        if not opening.done():
            opening.cancel()
        try:
            database = await opening
        except asyncio.CancelledError:
            break
        except OutOfReach as error:
            if await is_away(settings.database_url):
                outage.note(error)
                await asyncio.wait((stopped,), timeout=AWAY_SECONDS)
                is_refused = False
            elif is_refused:
                raise
            else:
                is_refused = True  # Unless it has come back since.
        else:
            outage.over()
            stopped.cancel()
            return database
    return None


async def _open(settings: Settings, stack: AsyncExitStack) -> Database:
    """Open the database and see that everything in it is as this runner needs it."""
    vault = Vault(settings.secret_key)
    found = await pooling(settings.database_url, timeout=settings.connect_timeout)
    if found is Pooling.TRANSACTION:
        raise Pooled(f"{BETWEEN} A runner listens, which needs a session of its own.", remedy=DIRECTLY)
    async with AsyncExitStack() as opened:
        database = await opened.enter_async_context(
            Database.open(
                settings.database_url,
                size=CONNECTIONS,
                timeout=settings.connect_timeout,
                session=RUNNER if found is Pooling.NONE else POOLED_RUNNER,
            )
        )
        await _check_revision(database)
        _check_key(vault, await db_shops.shops(database))
        stack.push_async_exit(opened.pop_all())
        return database


def _check_key(vault: Vault, shops: Sequence[Shop]) -> None:
    """A shop whose token cannot be opened holds back no other; a key that opens none is the wrong one.

    Raises:
        InvalidInput: it is.
    """
    closed = vault.closed(shops)
    if is_other_key(closed, shops):
        raise InvalidInput(closed[0].message, remedy=closed[0].remedy)
    for one in closed:
        log.warning("shop.closed", error=str(one))


async def _check_revision(database: Database) -> None:
    found = await revision(database)
    if found != head():
        raise NotInstalled(
            f"The schema is at revision {found}, this code needs {head()}.", remedy="Run: shelfwire db upgrade"
        )


async def _work(settings: Settings, database: Database, shops: Shops, sinks: Sinks, stopping: asyncio.Event) -> None:
    listener = Listener(settings.database_url, database, (CHANGES, ALERTS, RUNS, WEBHOOKS, CHANNEL))
    relay = Relay(database, listener.connected, settings.poll_interval)
    listener.add(CHANGES, relay.wake)
    courier = Courier(database, sinks)
    listener.add(ALERTS, courier.wake)
    known = errands(database)
    worker = Worker(
        database,
        listener,
        handler(database, known, shops.client, stopping, relay.waiting, relay.wake),
        list(known),
        poll_seconds=settings.poll_interval,
        heartbeat_seconds=settings.heartbeat_timeout,
    )
    runs = Runs(database, PASSES, shops.client, settings.poll_interval, relay.wake)
    listener.add(RUNS, runs.wake)
    writers = Writers(shops, _ask_to_reconcile)
    listener.add(CHANGES, writers.wake)
    router = Router(database, settings.poll_interval, relay.wake)
    listener.add(WEBHOOKS, router.wake)
    scheduler = Scheduler(
        database,
        partial(queries, database, listener),
        {
            "keep_logs": partial(_keep_logs, database),
            "look_at_products": partial(_each_shop, shops, partial(_look, relay)),
            "watch_alerts": partial(_watch_alerts, database, courier),
        },
    )
    listening = asyncio.create_task(listener.run())
    parts = [
        asyncio.create_task(part.run(stopping)) for part in (relay, worker, scheduler, courier, writers, runs, router)
    ]
    log.info("runner.started")
    try:
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait([*parts, stopped], return_when=asyncio.FIRST_COMPLETED)
        log.info("runner.stopping")
        stopping.set()
        for part in (relay, courier, writers, router):
            part.wake()
        await _end(settings, database, parts)
    finally:
        for task in (*parts, listening):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def _end(settings: Settings, database: Database, parts: Sequence[asyncio.Task[None]]) -> None:
    """Let the parts finish what is in flight. While Postgres is away they cannot: others will do it again."""
    left: set[asyncio.Task[None]] = set(parts)
    is_there = True
    while left and is_there:
        _, left = await asyncio.wait(left, timeout=AWAY_SECONDS)
        is_there = not left or not await is_away(settings.database_url)
    if left:
        await database.pool.close(timeout=AWAY_SECONDS)  # Whoever waits for a connection waits no longer.
        _, left = await asyncio.wait(left, timeout=AWAY_SECONDS)
    for part in left:
        part.cancel()
    for ended in await asyncio.gather(*parts, return_exceptions=True):
        if isinstance(ended, BaseException) and not isinstance(ended, OutOfReach | asyncio.CancelledError):
            raise ended


async def _keep_logs(database: Database) -> None:
    log.info("logs.kept", **await db_relay.keep_logs(database))


async def _watch_alerts(database: Database, courier: Courier) -> None:
    await db_alerts.watch_alerts(database)
    courier.wake()


async def _each_shop(shops: Shops, work: Callable[[Database, Client, Shop], Awaitable[None]]) -> None:
    failures: list[str] = []
    for shop in await db_shops.shops(shops.db):
        if shop.mode == "off":
            continue
        try:
            await work(shops.db, await shops.client(shop.id), shop)
        except ShelfwireError as error:
            failures.append(f"{shop.domain}: {error}")
    if failures:
        raise ShelfwireError("; ".join(failures))


async def _ask_to_reconcile(database: Database, shop: Shop) -> None:
    if shop.linked_at is not None and not await db_runs.is_open(database, shop.id, "reconcile_inventory"):
        await db_runs.queue_run(database, shop.id, "reconcile_inventory", {}, "writer", URGENT)


async def _look(relay: Relay, database: Database, client: Client, shop: Shop) -> None:
    if edited := await look_at_products(database, client, shop.id):
        relay.wake()
        log.info("products.edited", shop=shop.domain, count=edited)
