"""Products as someone makes and removes them in the admin."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.control.forms import BadForm, missing, read_form
from sandbox.inventory.items import apply_item, item_errors
from sandbox.products.handles import free_handle, normalised
from sandbox.service import Service
from sandbox.state.entities import InventoryItem
from sandbox.state.gids import gid


class ProductControl:
    def __init__(self, service: Service) -> None:
        self.store = service.store

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

    async def edit_variants(self, request: Request) -> Response:
        """SKUs and tracking that someone gives variants in the admin; nothing changes if one entry is wrong."""
        form = await read_form(request, {"variants": list})
        edits = [self._edit(f"variants[{n}]", given) for n, given in enumerate(form.get("variants", []))]
        for item, given in edits:
            apply_item(self.store, item, given, self.store.now())
        return Response(status_code=204)

    def _edit(self, where: str, given: Any) -> tuple[InventoryItem, dict[str, Any]]:
        variant = self.store.variant(str(given.get("id"))) if isinstance(given, dict) else None
        if variant is None:
            raise BadForm(f"{where}.id: no such variant")
        item = {name: value for name, value in given.items() if name != "id"}
        for name, value in item.items():
            if not isinstance(value, {"sku": str, "tracked": bool}.get(name, ())):
                raise BadForm(f"{where}.{name}: {value!r}; a variant takes a text as sku, true or false as tracked")
        for error in item_errors(item, []):
            raise BadForm(f"{where}: {error['message']}")
        return variant.item, item

    async def remove_product(self, request: Request) -> Response:
        """By the number of its id."""
        product = self.store.products.get(request.path_params["id"])
        if product is None:
            return missing("no such product")
        self.store.remove_product(product)
        return Response(status_code=204)
