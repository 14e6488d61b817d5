"""Groups of adjustments, as queries see them."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Info
from sandbox.calls.resolvers import resolves
from sandbox.state.adjustments import InventoryAdjustmentGroup, InventoryChange
from sandbox.state.gids import gid

Args = dict[str, Any]


@resolves("InventoryAdjustmentGroup", "changes")
def changes(group: InventoryAdjustmentGroup, _: Info, **args: Any) -> list[InventoryChange]:
    wanted = (args.get("inventoryItemIds"), args.get("locationIds"), args.get("quantityNames"))
    return [
        one
        for one in group.changes()
        if (wanted[0] is None or gid("InventoryItem", one.item.id) in wanted[0])
        and (wanted[1] is None or gid("Location", one.location.id) in wanted[1])
        and (wanted[2] is None or one.name in wanted[2])
    ]


@resolves("InventoryAdjustmentGroup", "app")
def app_of_group(*_: Any) -> Args:
    return {"id": gid("App", 1), "title": "Sandbox", "handle": "sandbox", "apiKey": "sandbox"}
