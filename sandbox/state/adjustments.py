"""Groups of inventory changes: what one call altered, why, and on whose behalf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sandbox.state.entities import InventoryItem, InventoryLevel, Location


class InventoryChange(NamedTuple):
    name: str
    delta: int
    level: InventoryLevel
    ledger_document_uri: str | None
    quantity_after_change: None = None
    """Null in every recording."""

    @property
    def item(self) -> InventoryItem:
        return self.level.item

    @property
    def location(self) -> Location:
        return self.level.location


@dataclass(slots=True, eq=False)
class Part:
    """Changes of the same quantities: each level contributes one row per name, all with the level's delta.

    The first name is the one that is written; `on_hand`, the second, follows from it.
    """

    names: tuple[str, ...]
    levels: list[InventoryLevel]
    deltas: list[int]
    ledger_document_uri: str | None = None

    def without_zeros(self) -> Part:
        """Shopify leaves out what did not change."""
        if all(self.deltas):
            return self
        kept = [at for at, delta in enumerate(self.deltas) if delta]
        levels, deltas = [self.levels[at] for at in kept], [self.deltas[at] for at in kept]
        return Part(self.names, levels, deltas, self.ledger_document_uri)


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
        """What was written at every level, then what followed from it; only the former has the ledger document."""
        for at in (0, 1):
            for part in self.parts:
                for name in part.names[at : at + 1]:
                    ledger = None if at else part.ledger_document_uri
                    for level, delta in zip(part.levels, part.deltas, strict=True):
                        yield InventoryChange(name, delta, level, ledger)
