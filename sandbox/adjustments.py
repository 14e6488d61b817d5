"""Groups of inventory changes: what one call altered, why, and on whose behalf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sandbox.entities import InventoryLevel


class InventoryChange(NamedTuple):
    name: str
    delta: int
    level: InventoryLevel
    ledger_document_uri: str | None


@dataclass(slots=True, eq=False)
class Part:
    """Changes of the same quantities: each level contributes one row per name, all with the level's delta."""

    names: tuple[str, ...]
    levels: list[InventoryLevel]
    deltas: list[int]
    ledger_document_uri: str | None = None


@dataclass(slots=True, eq=False)
class InventoryAdjustmentGroup:
    """What one call changed. Parts keep it small: a batch of 250 levels is two lists, not 500 rows."""

    id: int
    created_at: float
    reason: str
    reference_document_uri: str | None
    app: str
    parts: list[Part] = field(default_factory=list)

    def changes(self) -> Iterator[InventoryChange]:
        """One row per level and name; the ledger document belongs to the first name, not to its mirror."""
        for part in self.parts:
            for level, delta in zip(part.levels, part.deltas, strict=True):
                ledger = part.ledger_document_uri
                for name in part.names:
                    yield InventoryChange(name, delta, level, ledger)
                    ledger = None
