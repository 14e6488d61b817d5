"""The control interface under `/_sandbox`: what is in the shop, what was asked, and what shall go wrong."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Any

from graphql import GraphQLEnumType
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from sandbox.control.forms import BUCKET, FAULT, BadForm, read_form
from sandbox.control.page import Page
from sandbox.faults.fault import Fault
from sandbox.orders.orders import Order
from sandbox.products.handles import free_handle, normalised
from sandbox.service import Service
from sandbox.state.entities import InventoryItem, InventoryLevel
from sandbox.state.gids import gid, parse

CHUNK = 1_000


class Control:
    def __init__(self, service: Service) -> None:
        self.service = service
        self.store = service.store

    def routes(self) -> list[BaseRoute]:
        table = [
            ("", "GET", Page(self.service).show),
            ("/state", "GET", self.state),
            ("/requests", "GET", self.requests),
            ("/stats", "GET", self.stats),
            ("/stats/reset", "POST", self.reset),
            ("/bucket", "PUT", self.change_bucket),
            ("/faults", "GET", self.faults),
            ("/faults", "POST", self.add_fault),
            ("/faults", "DELETE", self.remove_faults),
            ("/faults/{id:int}", "DELETE", self.remove_faults),
            ("/orders", "GET", self.orders),
            ("/orders", "POST", self.place),
            ("/orders/{id:int}/fulfill", "POST", self.fulfill),
            ("/orders/{id:int}/cancel", "POST", self.cancel),
            ("/levels", "POST", self.edit_level),
            ("/products", "POST", self.add_products),
            ("/products/{id}", "DELETE", self.remove_product),
        ]
        return [Route(f"/_sandbox{path}", _guarded(run), methods=[method]) for path, method, run in table]

    async def state(self, request: Request) -> Response:
        """Every level; as one line each for `Accept: application/x-ndjson`."""
        levels = map(level_line, self.store.levels())
        if "application/x-ndjson" in request.headers.get("accept", ""):
            return StreamingResponse(_lines(levels), media_type="application/x-ndjson")
        return JSONResponse({"shop": self.store.domain, "levels": list(levels)})

    async def requests(self, request: Request) -> Response:
        """The last ones, newest first."""
        text = request.query_params.get("limit", "100")
        if not text.isdecimal():
            raise BadForm(f"limit: {text!r} is not a number")
        last = islice(reversed(self.service.journal.requests), int(text))
        return JSONResponse({"requests": [one.line() for one in last]})

    async def stats(self, _: Request) -> Response:
        totals = self.service.journal.stats.totals()
        totals["faults_fired"] = dict(self.service.faults.fired)
        totals["bucket"] = self.service.bucket(self.service.last_app).status()
        totals["buckets"] = {app: bucket.status() for app, bucket in self.service.buckets.items()}
        return JSONResponse(totals)

    async def reset(self, _: Request) -> Response:
        self.service.journal.reset()
        self.service.faults.fired.clear()
        return Response(status_code=204)

    async def change_bucket(self, request: Request) -> Response:
        """The shop changes its plan: full buckets of these sizes from now on; without a size, no bucket."""
        form = await read_form(request, BUCKET)
        if len(form) == 1:
            raise BadForm("bucket: capacity and restore_rate belong together")
        self.service.change_buckets(form.get("capacity"), form.get("restore_rate"))
        return Response(status_code=204)

    async def faults(self, _: Request) -> Response:
        return JSONResponse({"faults": [one.line() for one in self.service.faults.active()]})

    async def add_fault(self, request: Request) -> Response:
        form = await read_form(request, FAULT)
        if form["fault"] == "user_error" and not form.get("items"):
            raise BadForm("items: a user_error needs the ids or SKUs it strikes")
        kind = self.service.execution.schema.type_map["InventorySetQuantitiesUserErrorCode"]
        if "code" in form and isinstance(kind, GraphQLEnumType) and form["code"] not in kind.values:
            raise BadForm(f"code: {form['code']!r} is none of {', '.join(kind.values)}")
        if "items" in form:
            form["items"] = tuple(form["items"])
        return JSONResponse({"id": self.service.faults.add(Fault(**form))}, 201)

    async def remove_faults(self, request: Request) -> Response:
        if not self.service.faults.remove(request.path_params.get("id")):
            return missing("no such fault")
        return Response(status_code=204)

    async def orders(self, _: Request) -> Response:
        return JSONResponse({"orders": [one.line() for one in self.service.orders.by_id.values()]})

    async def place(self, request: Request) -> Response:
        form = await read_form(request, {"lines": list})
        if not form.get("lines"):
            raise BadForm("lines: an order needs at least one")
        lines = []
        for n, line in enumerate(form["lines"]):
            where = f"lines[{n}]"
            if not isinstance(line, dict):
                raise BadForm(f"{where}: not an object")
            quantity = line.get("quantity")
            if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
                raise BadForm(f"{where}.quantity: {quantity!r} is not a number of at least 1")
            lines.append((self._level(line, where), quantity))
        return JSONResponse(self.service.orders.place(lines).line(), 201)

    async def fulfill(self, request: Request) -> Response:
        order = self._order(request)
        if isinstance(order, Order):
            self.service.orders.fulfill(order)
            return JSONResponse(order.line())
        return order

    async def cancel(self, request: Request) -> Response:
        order = self._order(request)
        if isinstance(order, Order):
            self.service.orders.cancel(order)
            return JSONResponse(order.line())
        return order

    def _order(self, request: Request) -> Order | Response:
        order = self.service.orders.by_id.get(request.path_params["id"])
        if order is None:
            return missing("no such order")
        if order.state != "open":
            return JSONResponse({"error": f"the order is {order.state} already"}, 409)
        return order

    async def edit_level(self, request: Request) -> Response:
        """Someone changes the number in the admin."""
        form = await read_form(request, {"sku": str, "inventory_item_id": str, "location_id": str, "available": int})
        if "available" not in form:
            raise BadForm("available: missing")
        level = self._level(form, "level")
        self.store.changing_stock(level)
        level.change("available", form["available"] - level.available, self.store.now())
        return JSONResponse(level_line(level))

    async def add_products(self, request: Request) -> Response:
        """Products that someone makes in the admin; stocked at every location."""
        form = await read_form(request, {"products": list})
        made = []
        for n, given in enumerate(form.get("products", [])):
            where = f"products[{n}]"
            if not isinstance(given, dict) or not isinstance(given.get("title"), str):
                raise BadForm(f"{where}.title: missing")
            variants = given.get("variants") or [{}]
            if not isinstance(variants, list) or not all(isinstance(one, dict) for one in variants):
                raise BadForm(f"{where}.variants: not a list of objects")
            made.append((given["title"], variants))
        return JSONResponse({"products": [self._add(title, variants) for title, variants in made]}, 201)

    def _add(self, title: str, variants: list[dict[str, Any]]) -> dict[str, Any]:
        store = self.store
        product = store.add_product(title, free_handle(normalised(title) or "product", store.handles))
        default = len(variants) == 1
        option = store.add_option(product, "Title" if default else "Variant", [])
        lines = []
        for n, given in enumerate(variants, 1):
            value = store.add_value(option, "Default Title" if default else str(n))
            variant = store.add_variant(product, [value], given.get("sku"))
            variant.item.tracked = bool(given.get("tracked", True))
            for location in store.locations.values():
                first = location is store.default_location()
                store.add_level(variant.item, location, int(given.get("available", 0)) if first else 0)
            lines.append(
                {
                    "id": gid("ProductVariant", variant.id),
                    "inventory_item_id": gid("InventoryItem", variant.item.id),
                    "sku": variant.item.sku,
                }
            )
        return {"id": gid("Product", product.id), "title": title, "variants": lines}

    async def remove_product(self, request: Request) -> Response:
        """By the number of its id."""
        text = request.path_params["id"]
        product = self.store.products.get(int(text)) if text.isdecimal() else None
        if product is None:
            return missing("no such product")
        self.store.remove_product(product)
        return Response(status_code=204)

    def _level(self, form: dict[str, Any], where: str) -> InventoryLevel:
        item = self._item(form, where)
        place = form.get("location_id")
        if isinstance(place, int):
            place = gid("Location", place)
        level = self.service.orders.level_of(item, place)
        if level is None:
            raise BadForm(f"{where}.location_id: the item is not stocked there")
        return level

    def _item(self, form: dict[str, Any], where: str) -> InventoryItem:
        wanted = form.get("inventory_item_id")
        if wanted is not None:
            parts = parse(str(wanted))
            number = parts[1] if parts else int(wanted) if str(wanted).isdecimal() else 0
            item = self.store.items.get(number)
            if item is None:
                raise BadForm(f"{where}.inventory_item_id: no item {wanted!r}")
            return item
        found = self.store.items_with_sku(str(form.get("sku") or ""))
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


def missing(message: str) -> Response:
    return JSONResponse({"error": message}, 404)


def _guarded(run: Any) -> Any:
    async def endpoint(request: Request) -> Response:
        try:
            answer: Response = await run(request)
        except BadForm as error:
            return JSONResponse({"error": str(error)}, 400)
        return answer

    return endpoint
