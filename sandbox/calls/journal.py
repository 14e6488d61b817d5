"""What was asked and answered: the last requests, the totals, and proof that nothing was applied twice."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.clock import iso

KEPT = 1_000


@dataclass(slots=True)
class Request:
    """One line of the journal. `entries` counts the members of the input's list, where it has one."""

    time: float
    operation: str = ""
    status: int = 200
    cost: int = 0
    outcome: str = "ok"
    idempotency_key: str | None = None
    entries: int | None = None
    milliseconds: float = 0

    def line(self) -> dict[str, Any]:
        return {**asdict(self), "time": iso(self.time), "milliseconds": round(self.milliseconds, 2)}


@dataclass(slots=True)
class Stats:
    calls: int = 0
    throttled: int = 0
    mutations: int = 0
    levels_set: int = 0
    cost_charged: int = 0
    double_applied: int = 0
    first_set_at: float | None = None
    """When the first and the last level was set, in seconds since 1970."""
    last_set_at: float | None = None
    by_operation: Counter[str] = field(default_factory=Counter)

    def totals(self) -> dict[str, Any]:
        return {
            name: dict(value) if isinstance(value, Counter) else value
            for name, value in ((name, getattr(self, name)) for name in self.__slots__)
        }


class Journal:
    def __init__(self) -> None:
        self.stats = Stats()
        self.requests: deque[Request] = deque(maxlen=KEPT)
        self._applied: set[tuple[str, str, int]] = set()

    def add(self, request: Request) -> None:
        self.requests.append(request)
        self.stats.calls += 1
        if request.operation:
            self.stats.by_operation[request.operation] += 1

    def wrote(self, app: str, key: str | None, content: int, levels: int) -> None:
        """Called where levels change, knowing nothing of the store of keys: the same content under the
        same key a second time is what idempotency must prevent."""
        now = time.time()
        self.stats.levels_set += levels
        self.stats.first_set_at = self.stats.first_set_at or now
        self.stats.last_set_at = now
        if key is not None:
            mark = (app, key, content)
            if mark in self._applied:
                self.stats.double_applied += 1
            self._applied.add(mark)

    def reset(self) -> None:
        """Totals and lines start anew; what was applied stays known."""
        self.stats = Stats()
        self.requests.clear()
