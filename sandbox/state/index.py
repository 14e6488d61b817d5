"""The search index, which may lag behind: a search finds an entity as it was until the lag has passed."""

from __future__ import annotations

from typing import Any

from sandbox.clock import Clock
from sandbox.state.channels import Collection
from sandbox.state.entities import InventoryItem, Product, ProductVariant
from sandbox.state.searchable import FIELDS

Indexed = Product | ProductVariant | InventoryItem | Collection


class SearchIndex:
    """Old searchable values of recently changed entities; with a lag of 0 nothing is kept."""

    def __init__(self, clock: Clock, lag: float) -> None:
        self._clock = clock
        self._lag = lag
        self._pending: dict[Indexed, tuple[float, dict[str, Any] | None]] = {}

    @property
    def lags(self) -> bool:
        return self._lag > 0

    def created(self, entity: Indexed) -> None:
        if self._lag:
            self._pending[entity] = (self._clock.monotonic() + self._lag, None)

    def changing(self, entity: Indexed) -> None:
        """To be told before a change, so that searches go on finding the present values."""
        if self._lag and self._pending_for(entity) is None:
            values = {name: field.read(entity) for name, field in FIELDS[type(entity)].items()}
            self._pending[entity] = (self._clock.monotonic() + self._lag, values)

    def knows(self, entity: Indexed) -> bool:
        """False for what was created a moment ago."""
        pending = self._pending_for(entity)
        return pending is None or pending[1] is not None

    def stale(self, entity: Indexed) -> dict[str, Any] | None:
        """The values a search still finds, None if they are the current ones."""
        pending = self._pending_for(entity)
        return pending[1] if pending else None

    def _pending_for(self, entity: Indexed) -> tuple[float, dict[str, Any] | None] | None:
        if not self._pending:
            return None
        pending = self._pending.get(entity)
        if pending and pending[0] <= self._clock.monotonic():
            del self._pending[entity]
            return None
        return pending
