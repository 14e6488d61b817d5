"""What a benchmark says, and how large it is run."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured number."""

    name: str
    value: float
    unit: str

    def __str__(self) -> str:
        number = f"{self.value:.0f}" if abs(self.value) >= 1000 else f"{self.value:.3g}"
        return f"{self.name} {number} {self.unit}"


@dataclass(frozen=True)
class Scale:
    """1 is the size that counts; the tests run a hundredth of it."""

    factor: float = 1.0

    def rows(self, full: int) -> int:
        """So many rows instead of ``full``."""
        return max(100, int(full * self.factor))

    def rounds(self, full: int) -> int:
        """So many repetitions instead of ``full``."""
        return max(1, round(full * min(1.0, self.factor)))

    def seconds(self, full: int) -> int:
        """So many seconds instead of ``full``; pgbench knows whole ones only."""
        return max(1, round(full * min(1.0, self.factor)))


def progress(text: str) -> None:
    """Tell the person who waits; stdout is for figures."""
    print(text, file=sys.stderr, flush=True)
