"""Ask for runs, and watch them until they have ended."""

from __future__ import annotations

import asyncio
import getpass
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from runner import log
from runner.commands import show
from runner.commands.core import progress_bar
from runner.config import Settings
from runner.db import Database, vitals
from runner.db import runs as db
from runner.db.core import Row
from runner.db.shops import Shop
from runner.errors import RunTaken, ShelfwireError
from runner.plain import plain

if TYPE_CHECKING:
    from runner.shopify.shops import Shops

LOOK_SECONDS = 0.25
# What needs no words: it is what the bar shows.
USUAL = "its keys to be acknowledged"
ENDED = ("succeeded", "failed", "cancelled")


def operator() -> str:
    """Who asks, by the operating system."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"


async def finish_in(
    settings: Settings,
    database: Database,
    shops: Sequence[Shop],
    kind: str,
    args: Mapping[str, Any],
    *,
    detach: bool = False,
) -> int:
    """Ask for a run in each of some shops; then as `finished`."""
    asked = [await db.queue_run(database, shop.id, kind, args, operator()) for shop in shops]
    return await finished(settings, database, asked, detach=detach)


async def finished(settings: Settings, database: Database, run_ids: Sequence[int], *, detach: bool = False) -> int:
    """Watch runs until they have ended, and say what came of them; where no runner is at work, be one meanwhile.

    Args:
        detach: say only what they are.

    Returns:
        the exit code.

    Raises:
        ShelfwireError: no runner is at work, and none can be here; the runs are cancelled.
    """
    is_at_work = bool(await vitals.runners(database))
    if detach:
        for run_id in run_ids:
            click.echo(f"Run {run_id} is asked for. Watch it: shelfwire runs watch {run_id}")
        if not is_at_work:
            click.echo("No runner is at work: it waits for one. Run: shelfwire run", err=True)
        return 0
    if is_at_work:
        return await watch(database, run_ids)
    # Here, for a runner is much to import and most commands are none.
    from runner import app

    click.echo("No runner is at work: this command is one until it has ended.", err=True)
    log.configure("WARNING")
    stopping = asyncio.Event()
    runner = asyncio.create_task(app.run(settings, stopping))
    watching = asyncio.create_task(watch(database, run_ids))
    try:
        await asyncio.wait((runner, watching), return_when=asyncio.FIRST_COMPLETED)
        if not watching.done():
            for run_id in run_ids:
                await db.cancel_run(database, run_id)
            watching.cancel()
            await runner
        return await watching
    finally:
        stopping.set()
        await asyncio.wait((runner,))


async def result_of(shops: Shops, shop: Shop, kind: str, args: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Ask for a run, and return its result once it has ended: by a runner, or here, where ``what`` is counted.

    Raises:
        InvalidInput: the shop is not linked yet.
        RunTaken: another process is at one of its kind.
        ShelfwireError: what has ended it early.
    """
    shop.require_linked()
    run_id = await db.queue_run(shops.db, shop.id, kind, args, operator())
    if await vitals.runners(shops.db) and shop.mode != "off":
        await watch(shops.db, [run_id], quietly=True)
    else:
        from runner.engine.runs import execute_here
        from runner.passes import PASSES

        with progress_bar(f"{shop.domain}: {what}") as advance:
            try:
                await execute_here(shops.db, PASSES, shops.client, kind, run_id, advance)
            except RunTaken:
                await db.cancel_run(shops.db, run_id)
                raise
    row = await db.run_status(shops.db, run_id)
    assert row is not None
    if row["state"] != "succeeded":
        raise ShelfwireError(row["error"] or f"Run {run_id} is {row['stage']}.")
    result: dict[str, Any] = row["result"]
    return result


async def watch(database: Database, run_ids: Sequence[int], *, quietly: bool = False) -> int:
    """Show how far runs are until they have ended, and say what came of them. Ctrl-C asks whether to cancel them or
    only to stop watching; where nobody can be asked, and the second time, it only stops watching.

    Args:
        quietly: what came of them is left to the caller to say.

    Returns:
        the exit code.
    """
    async with _interrupts() as interrupted, _Bars(run_ids) as bars:
        is_ending = False
        while True:
            rows = [row for run_id in run_ids if (row := await db.run_status(database, run_id))]
            bars.update(rows)
            if all(row["state"] in ENDED for row in rows):
                break
            if interrupted.is_set():
                interrupted.clear()
                bars.stop()
                left = [row["id"] for row in rows if row["state"] not in ENDED]
                if is_ending or not await _is_to_end(left, interrupted):
                    _goes_on(left)
                    return 0
                for run_id in left:
                    await db.cancel_run(database, run_id)
                is_ending = True
                bars.start()
            await asyncio.sleep(LOOK_SECONDS)
    for row in [] if quietly else rows:
        show.say(_came_of(row), err=row["state"] == "failed")
    return 0 if all(row["state"] == "succeeded" and not row["failed"] for row in rows) else 1


@asynccontextmanager
async def _interrupts() -> AsyncIterator[asyncio.Event]:
    """Within it, Ctrl-C sets the event and does nothing else."""
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    before = signal.getsignal(signal.SIGINT)
    loop.add_signal_handler(signal.SIGINT, event.set)
    try:
        yield event
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)


async def _is_to_end(run_ids: Sequence[int], interrupted: asyncio.Event) -> bool:
    """Whether the runs are to be cancelled, by who sits at the terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    which = "run " + ", ".join(map(str, run_ids))
    click.echo(f"\nCancel {which} (c), or only stop watching (s)? [s] ", nl=False, err=True)
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[str] = loop.create_future()
    loop.add_reader(sys.stdin.fileno(), _read_line, typed)
    again = asyncio.create_task(interrupted.wait())
    try:
        await asyncio.wait((typed, again), return_when=asyncio.FIRST_COMPLETED)
    finally:
        loop.remove_reader(sys.stdin.fileno())
        again.cancel()
    return typed.done() and typed.result().strip().lower().startswith("c")


def _read_line(typed: asyncio.Future[str]) -> None:
    if not typed.done():
        typed.set_result(sys.stdin.readline())


def _goes_on(run_ids: Sequence[int]) -> None:
    for run_id in run_ids:
        click.echo(
            f"Run {run_id} is not ended by this. Watch it again: shelfwire runs watch {run_id}    "
            f"end it: shelfwire runs cancel {run_id}"
        )


def _came_of(row: Row) -> str:
    from runner.passes import PASSES

    done = f"{row['done']:,} of {row['total']:,}" if row["total"] else "nothing was to be done"
    if row["state"] == "succeeded" and not row["marked_at"] and row["kind"] in PASSES and PASSES[row["kind"]].follows:
        done = "nothing was to be sent"
    if row["state"] == "failed":
        return f"shelfwire: {row['shop']}: {row['kind']}, run {row['id']}: {row['error']}"
    if row["state"] == "cancelled":
        return f"{row['shop']}: {row['kind']}, run {row['id']}, is cancelled; {done}."
    refused = f", {row['failed']:,} refused. Which and why: shelfwire runs show {row['id']}" if row["failed"] else "."
    written = "" if row["mode"] == "live" or not row["marked_at"] else f" Nothing is written in mode {row['mode']}."
    return f"{row['shop']}: {row['kind']}, run {row['id']}: {done}{refused}{written}"


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


class _Bars:
    """A bar for each run, on a terminal: how far it is, refused, how fast, time left, what it waits for."""

    def __init__(self, run_ids: Sequence[int]) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[failed]}"),
            _Rate(), TimeRemainingColumn(), TextColumn("{task.fields[waits]}"),
            console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._tasks: dict[int, TaskID] = {
            run_id: self._progress.add_task(f"run {run_id}", total=None, failed="", waits="") for run_id in run_ids
        }
        self._stages: dict[int, str] = {}
        self._said: dict[int, str] = {}

    async def __aenter__(self) -> _Bars:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Show them."""
        self._progress.start()

    def stop(self) -> None:
        """Leave the terminal to others."""
        self._progress.stop()

    def update(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Show what is known by now."""
        for row in rows:
            task = self._tasks[row["id"]]
            if self._stages.get(row["id"]) != row["stage"]:
                # Another thing is counted.
                self._progress.reset(task, total=None, failed="", waits="")
                self._stages[row["id"]] = row["stage"]
            waits = f"waits for {row['waits_for']}" if row["waits_for"] not in (None, USUAL) else ""
            line = ", ".join(filter(None, (f"{row['shop']}: {row['kind']}", f"run {row['id']}", row["stage"], waits)))
            if not self._progress.console.is_terminal and self._said.get(row["id"]) != line:
                self._said[row["id"]] = line
                show.say(line, err=True)
            self._progress.update(
                task,
                description=plain(f"{row['shop']}: {row['kind']}, {row['stage']}"),
                completed=row["done"],
                total=row["total"],
                failed=f"{row['failed']:,} refused" if row["failed"] else "",
                waits=plain(waits),
            )
