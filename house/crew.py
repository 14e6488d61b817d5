"""People at work: threads that change the warehouse until they are told to go home."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

Work = Callable[[psycopg.Connection[Any]], None]
SECONDS_TO_RECONNECT = 0.1


class Crew:
    """Works in threads, each with a connection of its own. What disturbs one of them ends it and is an error.

    Args:
        patient: a lost connection is no error; it is opened again, and the work begins anew.
    """

    def __init__(self, dsn: str, *, patient: bool = False) -> None:
        self._dsn = dsn
        self._patient = patient
        self._stopping = threading.Event()
        self._counting = threading.Lock()
        self.changes = 0
        self.errors: list[str] = []

    @contextmanager
    def working(self, *works: Work) -> Iterator[None]:
        """Work for the length of a block, and finish the statements at hand."""
        threads = [threading.Thread(target=self._run, args=(work,), name="crew") for work in works]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()

    def wait(self, seconds: float) -> bool:
        """Let them work; returns whether they were told to go home meanwhile."""
        return self._stopping.wait(seconds)

    def pauses(self, seconds: float) -> Iterator[None]:
        """Rest so long before each step."""
        while not self.wait(seconds):
            yield

    def beats(self, seconds: float) -> Iterator[None]:
        """One step each ``seconds``; those that were missed follow at once."""
        due = time.monotonic()
        while not self.wait(max(0.0, due - time.monotonic())):
            due += seconds
            yield

    def count(self, changes: int) -> None:
        """Note changes that were committed."""
        with self._counting:
            self.changes += changes

    def _run(self, work: Work) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True) as connection:
                    work(connection)
                return
            except Exception as error:
                if not (self._patient and isinstance(error, psycopg.OperationalError)):
                    self.errors.append(f"{type(error).__name__}: {error}")
                    return
                self.wait(SECONDS_TO_RECONNECT)
