"""Orders placed in the shop: they take from what is available, and commit it until they leave or are cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sandbox.clock import iso
from sandbox.state.entities import InventoryItem, InventoryLevel
from sandbox.state.gids import gid
from sandbox.state.store import Store

State = Literal["open", "fulfilled", "cancelled"]


@dataclass(slots=True)
class Order:
    id: int
    at: float
    lines: list[tuple[InventoryLevel, int]]
    state: State = "open"

    def line(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "gid": gid("Order", self.id),
            "created_at": iso(self.at),
            "state": self.state,
            "lines": [
                {
                    "sku": level.item.sku,
                    "inventory_item_id": gid("InventoryItem", level.item.id),
                    "location_id": gid("Location", level.location.id),
                    "quantity": quantity,
                }
                for level, quantity in self.lines
            ],
        }


class Orders:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.by_id: dict[int, Order] = {}

    def place(self, lines: list[tuple[InventoryLevel, int]]) -> Order:
        """Nothing hinders overselling: Shopify lets available fall below zero."""
        order = Order(self._store.new_id("Order"), self._store.now(), lines)
        self.by_id[order.id] = order
        for level, quantity in lines:
            self._change(level, "available", -quantity)
            self._change(level, "committed", quantity)
        return order

    def fulfill(self, order: Order) -> None:
        """The goods leave: they are on hand no longer."""
        order.state = "fulfilled"
        for level, quantity in order.lines:
            self._change(level, "committed", -quantity)

    def cancel(self, order: Order) -> None:
        order.state = "cancelled"
        for level, quantity in order.lines:
            self._change(level, "committed", -quantity)
            self._change(level, "available", quantity)

    def _change(self, level: InventoryLevel, name: str, delta: int) -> None:
        self._store.changing_stock(level)
        level.change(name, delta, self._store.now())

    def level_of(self, item: InventoryItem, location_gid: str | None) -> InventoryLevel | None:
        """Where an order takes the item from: the location named, or the item's first active level."""
        if location_gid is not None:
            location = self._store.location(location_gid)
            return item.level(location) if location else None
        return next((level for level in item.levels if level.is_active), None)
