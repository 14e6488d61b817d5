"""`totalInventory` lags behind the levels, as it does at Shopify: a change is in it after a while."""

from __future__ import annotations

from collections import Counter

from sandbox.calls.call import Call, Info
from sandbox.calls.resolvers import resolves
from sandbox.state.entities import Product

LAG = 2.0
"""Seconds."""


@resolves("Product", "totalInventory")
def total_inventory(one: Product, info: Info) -> int:
    call = info.context
    if call.unseen is None:
        call.unseen = unseen(call)
    return one.total_inventory - call.unseen[one.id]


def unseen(call: Call) -> Counter[int]:
    """By product, what the adjustments of the last moments changed. They are looked through for who asks, so that
    those who write need not know of it."""
    found: Counter[int] = Counter()
    for group in reversed(call.store.history):
        if group.created_at <= call.now - LAG:
            break
        for part in group.parts:
            for level, delta in zip(part.levels, part.deltas, strict=True):
                if part.names[0] == "available" and level.is_active and level.item.tracked:
                    found[level.item.variant.product.id] += delta
    return found
