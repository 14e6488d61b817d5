"""The relay loop: empty the change queues while there is work, sleep and be woken when there is none."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from contextlib import suppress

import structlog

from runner.db import Database
from runner.db import relay as db
from runner.engine.lookout import Lookout
from runner.engine.pulse import Pulse
from runner.errors import DatabaseError, NotInstalled

log = structlog.get_logger()

# Between two passes under load, in seconds and as a multiple of the pass before: short enough not to be felt, long
# enough for changes to gather.
PAUSE = 0.004
PAUSE_FACTOR = 2.0
LONGEST_PAUSE = 0.25
# How long to keep looking before going to sleep, for transactions that wrote while the runner was awake.
LINGER = 0.25
LINGER_PAUSE = 0.01
# Seconds after which what a pass does just then is broken off: a select of the mapping, which nobody else bounds, is
# then a fault of its entry, and the pass ends well. One that failed by this is given twice as long.
PATIENCE = 30.0


class Relay:
    """Runs in every process; the database lets one pass at a time.

    ``waiting`` has a pulse for each lane, by its entrypoint, that beats when something waits for the lane's job.
    """

    def __init__(self, database: Database, listening: asyncio.Event, poll_seconds: int) -> None:
        self._db = database
        self._listening = listening
        self._poll_seconds = poll_seconds
        self._wake = asyncio.Event()
        self._patience = PATIENCE
        self._lookout = Lookout(database, self.wake, poll_seconds)
        self.waiting: defaultdict[str, Pulse] = defaultdict(Pulse)

    def wake(self, _payload: object = None) -> None:
        """There may be something to do: a change was committed, or a lane is free."""
        self._wake.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Relay until ``stopping`` is set. A database that is out of reach is waited for."""
        looking = asyncio.create_task(self._lookout.run(stopping))
        try:
            await self._relay(stopping)
            self._lookout.needed.set()
            await looking
        finally:
            looking.cancel()

    async def _relay(self, stopping: asyncio.Event) -> None:
        busy_until = 0.0
        while not stopping.is_set():
            self._wake.clear()
            lingering = time.monotonic() < busy_until
            pause = LINGER_PAUSE if lingering else float(self._poll_seconds)
            begun = time.monotonic()
            try:
                sleep = 0 if lingering or not self._listening.is_set() else self._poll_seconds + 1
                done = await db.relay_changes(self._db, sleep=sleep, patience=self._patience)
                self._patience = PATIENCE
                if done is None:
                    # Another runner is at it, and may have looked before what woke us.
                    pause = LINGER_PAUSE
                else:
                    self._db.outage.over()
                    if not (lingering or done.notified or done.changes or done.jobs or done.unfinished):
                        self._lookout.needed.set()
                    for lane in done.waiting:
                        self.waiting[lane].beat()
                if done and (done.changes or done.jobs or done.unfinished):
                    _log_pass(done)
                    busy_until = time.monotonic() + LINGER
                    self._wake.clear()
                    pause = min(max(PAUSE, PAUSE_FACTOR * (time.monotonic() - begun)), LONGEST_PAUSE)
            except NotInstalled:
                raise
            except DatabaseError as error:
                self._db.outage.note(error)
                if time.monotonic() - begun >= self._patience:
                    self._patience *= 2
            await self._sleep(pause)
            self._lookout.needed.clear()

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)


def _log_pass(done: db.Relayed) -> None:
    first = done.last_id - done.changes + 1 if done.changes else None
    log.debug(
        "changes.relayed",
        from_change=first,
        to_change=done.last_id if done.changes else None,
        changes=done.changes,
        jobs=done.jobs,
    )
