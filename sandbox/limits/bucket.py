"""The leaky bucket: points of one app in one shop, restored in real time."""

from __future__ import annotations

from typing import Any

from sandbox.clock import Clock

# Points, and points per second, of a bucket that holds nobody back.
PLENTY = 10_000_000


class Bucket:
    """`unlimited` answers every status with plenty, so that a client that looks does not hold back either."""

    def __init__(self, clock: Clock, capacity: int, restore_rate: int, unlimited: bool = False) -> None:
        self._clock = clock
        self.capacity = PLENTY if unlimited else capacity
        self.restore_rate = PLENTY if unlimited else restore_rate
        self.unlimited = unlimited
        self._level = float(self.capacity)
        self._at = clock.monotonic()

    def available(self) -> float:
        now = self._clock.monotonic()
        self._level = min(self.capacity, self._level + (now - self._at) * self.restore_rate)
        self._at = now
        return self._level

    def charge(self, points: int) -> bool:
        """Take the points, if the bucket holds that many."""
        if self.unlimited:
            return True
        if self.available() < points:
            return False
        self._level -= points
        return True

    def refund(self, points: int) -> None:
        if not self.unlimited:
            self._level = min(self.capacity, self.available() + points)

    def status(self) -> dict[str, Any]:
        return {
            "maximumAvailable": self.capacity,
            "currentlyAvailable": self.capacity if self.unlimited else int(self.available()),
            "restoreRate": self.restore_rate,
        }
