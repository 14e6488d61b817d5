"""How large a benchmark is run."""

from __future__ import annotations

from dataclasses import dataclass


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
