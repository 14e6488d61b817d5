"""The fault script: which faults there are, and which of them strike a request."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.faults.fault import Fault

Items = Callable[[], set[str]]
"""The inventory items of a request, for whoever asks."""


@dataclass(slots=True)
class Spoiled:
    """Faults that strike inside an answer instead of replacing it."""

    script: FaultScript | None = None
    items: list[Fault] = field(default_factory=list)
    stale: list[Fault] = field(default_factory=list)

    def poison(self, names: tuple[str, str | None]) -> Fault | None:
        """The fault that refuses the item of this id or SKU."""
        return next((one for one in self.items if names[0] in one.items or names[1] in one.items), None)

    def strike(self, fault: Fault) -> None:
        if self.script is not None:
            self.script.count(fault)


class FaultScript:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._faults: dict[int, Fault] = {}
        self._last = 0
        self.fired: Counter[str] = Counter()

    def add(self, fault: Fault) -> int:
        self._last += 1
        fault.id = self._last
        fault.dice = random.Random(fault.seed)
        if fault.for_seconds is not None:
            fault.ends_at = self._clock.monotonic() + fault.for_seconds
        self._faults[fault.id] = fault
        return fault.id

    def remove(self, number: int | None = None) -> bool:
        """One, or all of them; False if there is no such fault."""
        if number is None:
            self._faults.clear()
            return True
        return self._faults.pop(number, None) is not None

    def active(self) -> list[Fault]:
        """Those that can still strike; the rest is forgotten."""
        now = self._clock.monotonic()
        for one in list(self._faults.values()):
            spent = one.times is not None and one.fired >= one.times
            if spent or (one.ends_at is not None and one.ends_at <= now):
                del self._faults[one.id]
        return list(self._faults.values())

    def strikes(self, kind: str, operations: Collection[str], items: Items | None = None) -> Fault | None:
        """The fault of this kind that strikes a request now; one of some items, only if the request has one."""
        fault = next(self._due(kind, operations, items), None)
        if fault is not None:
            self.count(fault)
        return fault

    def spoil(self, operations: Collection[str]) -> Spoiled:
        if not self._faults:
            return Spoiled()
        return Spoiled(
            self,
            list(self._due("user_error", operations)),
            list(self._due("stale_without_index", operations)),
        )

    def count(self, fault: Fault) -> None:
        fault.fired += 1
        self.fired[fault.fault] += 1

    def _due(self, kind: str, operations: Collection[str], items: Items | None = None) -> Iterator[Fault]:
        for one in self.active() if self._faults else ():
            if one.fault != kind or (one.operation is not None and one.operation not in operations):
                continue
            if items is not None and one.items and not items() & set(one.items):
                continue
            one.seen += 1
            if one.seen > one.after and one.dice.random() < one.probability:
                yield one
