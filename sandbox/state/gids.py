"""Global ids: `gid://shopify/<Type>/<number>`, inventory levels with `?inventory_item_id=<number>` behind."""

from __future__ import annotations

import re
from itertools import count

FORM = re.compile(r"gid://[A-Za-z0-9_-]+/[A-Za-z0-9_]+/[^\s?]+(\?\S+)?\Z")
PARTS = re.compile(r"gid://shopify/(\w+)/(\d{1,19})(?:\?inventory_item_id=(\d{1,19}))?\Z")

FIRST_IDS = {
    "AppCatalog": 148_000_000_001,
    "BulkOperation": 8_000_000_000_001,
    "Collection": 512_000_000_001,
    "InventoryAdjustmentGroup": 54_000_000_000_001,
    "InventoryItem": 53_000_000_000_001,
    "InventoryLevel": 143_000_000_001,
    "Location": 106_000_000_001,
    "MediaImage": 39_000_000_000_001,
    "Metafield": 45_000_000_000_001,
    "MetafieldDefinition": 229_000_000_001,
    "Order": 6_500_000_000_001,
    "Product": 10_000_000_000_001,
    "ProductOperation": 79_000_000_001,
    "ProductOption": 12_000_000_000_001,
    "ProductOptionValue": 8_000_000_000_001,
    "ProductVariant": 51_000_000_000_001,
    "Publication": 302_000_000_001,
    "row": 56_000_000_000_001,
}
"""Where numbering starts, in the range of the recorded ids."""


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def is_gid(text: str) -> bool:
    """Whether `text` has the form of a global id, of whatever application and type."""
    return FORM.match(text) is not None


def parse(text: str) -> tuple[str, int, int | None] | None:
    """Type, number and, for inventory levels, the item's number; None if it is no Shopify id."""
    match = PARTS.match(text)
    if match is None:
        return None
    kind, number, item = match.groups()
    return kind, int(number), int(item) if item else None


def number(text: str, kind: str) -> int | None:
    """The number in an id of `kind`; None for every other text."""
    tail = text.removeprefix(f"gid://shopify/{kind}/")
    if tail is not text and tail.isdecimal():
        return int(tail)
    parts = parse(text)
    return parts[1] if parts and parts[0] == kind else None


class Numbers:
    """New numbers, one after another, for every type."""

    def __init__(self) -> None:
        self._next = {kind: count(first) for kind, first in FIRST_IDS.items()}

    def new(self, kind: str) -> int:
        return next(self._next[kind])
