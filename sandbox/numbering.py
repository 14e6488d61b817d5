"""The numbers in ids."""

from __future__ import annotations

from itertools import count

FIRST_IDS = {
    "InventoryAdjustmentGroup": 54_000_000_000_001,
    "InventoryItem": 53_000_000_000_001,
    "InventoryLevel": 143_000_000_001,
    "Location": 106_000_000_001,
    "MediaImage": 39_000_000_000_001,
    "Metafield": 45_000_000_000_001,
    "Order": 6_500_000_000_001,
    "Product": 10_000_000_000_001,
    "ProductOperation": 79_000_000_001,
    "ProductOption": 12_000_000_000_001,
    "ProductOptionValue": 8_000_000_000_001,
    "ProductVariant": 51_000_000_000_001,
    "row": 56_000_000_000_001,
}
"""Where numbering starts, in the range of the recorded ids."""


class Numbers:
    def __init__(self) -> None:
        self._next = {kind: count(first) for kind, first in FIRST_IDS.items()}

    def new(self, kind: str) -> int:
        return next(self._next[kind])
