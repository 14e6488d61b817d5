"""PgQueuer's driver over our pool, with a listening connection of its own.

PgQueuer's own psycopg driver works on one connection, and waiting for notifications holds that connection's lock
for up to a second: every query of the queue waits behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from pgqueuer.core.tm import TaskManager
from pgqueuer.ports.driver import Driver, NotifyCallback
from psycopg import AsyncRawCursor, sql
from psycopg.rows import dict_row

from runner.db.core import Connection, Database, connect, translated
from runner.errors import DatabaseError

RECONNECT_SECONDS = 0.5
# What a listening connection calls itself in pg_stat_activity, once it listens. While Postgres keeps the runner
# waiting, the reason follows: nothing else could be told through a database that takes no writes.
APPLICATION_NAME = "shelfwire runner"
TELL_SECONDS = 1.0


class Listener:
    """One connection that LISTENs to some channels, opened again whenever it is lost."""

    def __init__(self, dsn: str, database: Database, channels: Iterable[str]) -> None:
        self._dsn = dsn
        self._db = database
        self._callbacks: dict[str, list[NotifyCallback]] = {channel: [] for channel in channels}
        self.connected = asyncio.Event()

    def add(self, channel: str, callback: NotifyCallback) -> None:
        """Call back with the payload of every notification of a channel."""
        self._callbacks[channel].append(callback)

    def remove(self, channel: str, callback: NotifyCallback) -> None:
        """No longer call back."""
        self._callbacks[channel].remove(callback)

    async def run(self) -> None:
        """Listen until cancelled. What is missed while the connection is lost is found by polling."""
        while True:
            try:
                with translated():
                    await self._listen()
            except DatabaseError as error:
                self._db.outage.note(error)
            finally:
                self.connected.clear()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        async with await connect(self._dsn) as connection:
            for channel in self._callbacks:
                await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
            told = await self._tell(connection)
            # Postgres may have been restarted: the pool finds out now, not one caller at a time.
            await self._db.pool.check()
            self.connected.set()
            while True:
                async for notification in connection.notifies(timeout=TELL_SECONDS):
                    for callback in list(self._callbacks.get(notification.channel, ())):
                        callback(notification.payload)
                told = await self._tell(connection, told)

    async def _tell(self, connection: Connection, told: str = "") -> str:
        kind = self._db.outage.kind
        name = f"{APPLICATION_NAME}: {kind}" if kind else APPLICATION_NAME
        if name != told:
            await connection.execute("select set_config('application_name', %s, false)", (name,))
        return name


class PoolDriver(Driver):
    """Queries on the pool, notifications from the listener."""

    def __init__(self, db: Database, listener: Listener) -> None:
        self._db = db
        self._listener = listener
        self._shutdown = asyncio.Event()
        self._tm = TaskManager()
        self._listeners: list[tuple[str, NotifyCallback]] = []

    @property
    def shutdown(self) -> asyncio.Event:
        return self._shutdown

    @property
    def tm(self) -> TaskManager:
        return self._tm

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        async with self._db.connection() as connection:
            cursor = AsyncRawCursor(connection, row_factory=dict_row)
            await cursor.execute(query.encode(), args or None)
            return await cursor.fetchall()

    async def execute(self, query: str, *args: object) -> str:
        async with self._db.connection() as connection:
            cursor = AsyncRawCursor(connection)
            await cursor.execute(query.encode(), args or None)
            return cursor.statusmessage or ""

    async def notify(self, channel: str, payload: str) -> None:
        await self.execute("select pg_notify($1, $2)", channel, payload)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        self._listener.add(channel, callback)
        self._listeners.append((channel, callback))

    async def remove_listener(self, channel: str, callback: NotifyCallback) -> None:
        self._listener.remove(channel, callback)
        self._listeners.remove((channel, callback))

    async def __aenter__(self) -> PoolDriver:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._tm.gather_tasks()
        while self._listeners:
            self._listener.remove(*self._listeners.pop())
