"""Inventory as the engine pushes it: levels set by compare-and-set, 250 to a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.db import Database
from runner.db import inventory as db
from runner.db import shops as db_shops
from runner.db.lanes import Turn
from runner.db.push import Refusal
from runner.engine.strategy import Accepted, Later, Nameless, Rejected, Verdict
from runner.inventory.levels import read_levels
from runner.shopify.client import Client
from runner.shopify.documents import Document, document

SAME_KEY_LATER = {"IDEMPOTENCY_CONCURRENT_REQUEST", "SERVICE_UNAVAILABLE"}
LOOK_AGAIN = {
    "CHANGE_FROM_QUANTITY_STALE",
    "COMPARE_QUANTITY_STALE",
    "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
    "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED",
}


class Inventory:
    """The strategy of kind inventory."""

    kind = "inventory"

    def __init__(self, database: Database) -> None:
        self._db = database
        self.documents: Mapping[str, Document] = {"InventorySetQuantities": document("InventorySetQuantities")}

        self.bulk: Mapping[str, Document] = {}

    def is_bulk(self, _document: str, _variables: Mapping[str, Any], /) -> bool:
        return False

    def points(self, _document: Document, _variables: str, /) -> int | None:
        return None

    async def answer(self, _client: Client, data: dict[str, Any], /) -> dict[str, Any]:
        return data

    def verdict(self, data: dict[str, Any]) -> Verdict:
        payload = data["inventorySetQuantities"]
        errors = payload["userErrors"]
        if not errors:
            return Accepted(payload["inventoryAdjustmentGroup"])
        if later := next((e for e in errors if e["code"] in SAME_KEY_LATER), None):
            return Later(later["code"], later["message"])
        refused = {index_of(e["field"]): e for e in errors if e["code"] not in LOOK_AGAIN}
        if nameless := refused.get(None):
            return Nameless(str(nameless["code"]), nameless["message"])
        refusals = [Refusal(i, str(e["code"]), e["message"]) for i, e in refused.items() if i is not None]
        changed = [index_of(e["field"]) for e in errors if e["code"] in LOOK_AGAIN]
        return Rejected(errors, refusals, changed)

    async def look(
        self, client: Client, turn: Turn, objects: Sequence[int], attempts: int, request_id: int | None, /
    ) -> None:
        locations = max(1, len(await db_shops.locations(self._db, turn.shop_id)))
        gone = await read_levels(self._db, client, turn.shop_id, objects, locations, request_id, attempts)
        if gone:
            await db.refuse_items(
                self._db, turn.shop_id, gone, turn.job_id, "INVALID_INVENTORY_ITEM", "The inventory item is gone."
            )

    async def objects_of(self, request_id: int, entries: Sequence[int] | None, /) -> Sequence[int]:
        return await db.items_of(self._db, request_id, entries)


def index_of(field: Any) -> int | None:
    """The number in ``["input", "quantities", "3", "locationId"]``; None if the error names no entry."""
    return next((int(part) for part in field or () if str(part).isdigit()), None)
