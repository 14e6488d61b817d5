"""What all commands share: errors become a message and an exit code, coroutines are run."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
import uvloop
from rich.progress import MofNCompleteColumn, Progress, TextColumn

from runner.config import Settings
from runner.db import Database
from runner.errors import ShelfwireError
from runner.plain import plain

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])

LINE_END = "\n"


class Group(click.Group):
    """A group whose commands end with a message and the exit code of the error."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ShelfwireError as error:
            click.echo(f"shelfwire: {plain(str(error), keep=LINE_END)}", err=True)
            sys.exit(error.exit_code)


def execute(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def ask(settings: Settings, question: Callable[[Database], Awaitable[T]]) -> T:
    """The database's answer to a question."""

    async def work() -> T:
        async with Database.open(settings.database_url, size=2, timeout=settings.connect_timeout) as database:
            return await question(database)

    return execute(work())


@contextmanager
def progress_bar(description: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far something is; yields what to call with how many are done and how many there are."""
    with Progress(TextColumn("{task.description}"), MofNCompleteColumn(), transient=True) as progress:
        task = progress.add_task(description)

        def advance(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield advance


def json_option(command: Command) -> Command:
    """``--json`` for everything that lists."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON with every field.")(command)


def limit_option(command: Command) -> Command:
    """``--limit`` for lists that can be long."""
    return click.option("--limit", default=100, show_default=True, type=click.IntRange(1), help="Rows at most.")(
        command
    )
