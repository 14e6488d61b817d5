"""Levels: all there are, and a number that someone changes in the admin."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from sandbox.control.forms import BadForm, read_form
from sandbox.service import Service
from sandbox.state.entities import InventoryItem, InventoryLevel
from sandbox.state.gids import gid, parse
from sandbox.state.store import Store

CHUNK = 1_000


class LevelControl:
    def __init__(self, service: Service) -> None:
        self.service = service
        self.store = service.store

    async def state(self, request: Request) -> Response:
        """Every level; as one line each for `Accept: application/x-ndjson`."""
        levels = map(level_line, self.store.levels())
        if "application/x-ndjson" in request.headers.get("accept", ""):
            return StreamingResponse(_lines(levels), media_type="application/x-ndjson")
        return JSONResponse({"shop": self.store.domain, "levels": list(levels)})

    async def edit_level(self, request: Request) -> Response:
        """Someone changes the number in the admin."""
        form = await read_form(request, {"sku": str, "inventory_item_id": str, "location_id": str, "available": int})
        if "available" not in form:
            raise BadForm("available: missing")
        level = level_meant(self.service, form, "level")
        self.store.changing_stock(level)
        level.change("available", form["available"] - level.available, self.store.now())
        return JSONResponse(level_line(level))


def level_meant(service: Service, form: dict[str, Any], where: str) -> InventoryLevel:
    """The level of a form's item, at its location or where an order would take it from. Raises BadForm."""
    item = _item(service.store, form, where)
    place = form.get("location_id")
    if isinstance(place, int):
        place = gid("Location", place)
    level = service.orders.level_of(item, place)
    if level is None:
        raise BadForm(f"{where}.location_id: the item is not stocked there")
    return level


def _item(store: Store, form: dict[str, Any], where: str) -> InventoryItem:
    wanted = form.get("inventory_item_id")
    if wanted is not None:
        parts = parse(str(wanted))
        number = parts[1] if parts else int(wanted) if str(wanted).isdecimal() else 0
        item = store.items.get(number)
        if item is None:
            raise BadForm(f"{where}.inventory_item_id: no item {wanted!r}")
        return item
    found = store.items_with_sku(str(form.get("sku") or ""))
    if not found:
        raise BadForm(f"{where}.sku: no item with SKU {form.get('sku')!r}")
    return found[0]


def level_line(level: InventoryLevel) -> dict[str, Any]:
    return {
        "sku": level.item.sku,
        "product_id": gid("Product", level.item.variant.product.id),
        "variant_id": gid("ProductVariant", level.item.variant.id),
        "inventory_item_id": gid("InventoryItem", level.item.id),
        "location_id": gid("Location", level.location.id),
        "available": level.available,
        "available_at": level.available_at,
        "committed": level.quantity("committed"),
        "on_hand": level.on_hand,
        "tracked": level.item.tracked,
        "active": level.is_active,
    }


async def _lines(levels: Iterator[dict[str, Any]]) -> AsyncIterator[str]:
    while chunk := list(islice(levels, CHUNK)):
        yield "".join(json.dumps(line) + "\n" for line in chunk)
