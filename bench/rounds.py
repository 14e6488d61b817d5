"""Runs that are compared: each round does all of them, and the order alternates: A B C C B A A B C ..."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median

from bench.server import Bench
from bench.ways import Way
from house.figures import progress

Contestant = tuple[Bench, Way]
# What one run measures, such as seconds, or two percentiles.
Run = Callable[[Bench], tuple[float, ...]]


class Rounds:
    """What was measured, of each contestant in each round. Neighbours are compared best."""

    def __init__(self, what: str, contestants: Mapping[str, Contestant]) -> None:
        self._what = what
        self._contestants = contestants
        self._seen: list[dict[str, tuple[float, ...]]] = []

    def run(self, rounds: int, run: Run) -> Rounds:
        """So many rounds; returns itself."""
        names = list(self._contestants)
        for n in range(rounds):
            seen = {name: self._once(name, run) for name in (names if n % 2 == 0 else reversed(names))}
            self._seen.append(seen)
            values = ", ".join(f"{name} {' '.join(f'{value:.4g}' for value in seen[name])}" for name in names)
            progress(f"{self._what}: {values}")
        return self

    def ratio(self, name: str, other: str, which: int = 0) -> float:
        """The median of the rounds' ratios of one contestant to another."""
        return median(seen[name][which] / seen[other][which] for seen in self._seen)

    def median(self, name: str, which: int = 0) -> float:
        """The median of what was measured of one contestant."""
        return median(seen[name][which] for seen in self._seen)

    def _once(self, name: str, run: Run) -> tuple[float, ...]:
        at, way = self._contestants[name]
        with way(at):
            at.settle()
            return run(at)
