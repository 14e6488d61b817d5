"""The catalogue as the engine pushes it: one product to a request."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from runner.catalog.products import PAGE, read_products, whole
from runner.db import Database
from runner.db import catalog as db
from runner.db.lanes import Turn
from runner.db.push import Refusal
from runner.engine.strategy import Accepted, Later, Rejected, Verdict
from runner.errors import Transient
from runner.shopify.client import Client
from runner.shopify.documents import Document, document

DOCUMENTS = (
    "MetafieldDefinitionCreate",
    "MetafieldsDelete",
    "ProductDelete",
    "ProductSet",
    "ProductUpdate",
    "ProductVariantsBulkUpdate",
    "PublishablePublish",
    "PublishableUnpublish",
)
# The product is no more, or one of its variants: what is there now decides.
LOOK_AGAIN = {"PRODUCT_DOES_NOT_EXIST", "PRODUCT_VARIANT_DOES_NOT_EXIST", "NOT_FOUND"}
GONE = {"Product does not exist", "Resource does not exist", "Product variant does not exist"}
BUSY = "Another operation already in progress"
# Seconds between two looks at what Shopify does in the background, and how often it is looked at.
POLL, POLLS = (0.1, 2.0), 300


class Catalog:
    """The strategy of kind catalog."""

    kind = "catalog"

    def __init__(self, database: Database) -> None:
        self._db = database
        self.documents: Mapping[str, Document] = {name: document(name) for name in DOCUMENTS}

        self.bulk: Mapping[str, Document] = {
            "ProductSet": document("BulkProductSet"),
            "ProductUpdate": document("ProductUpdate"),
            "ProductVariantsBulkUpdate": document("ProductVariantsBulkUpdate"),
        }

    def is_bulk(self, document: str, variables: Mapping[str, Any], /) -> bool:
        """What a bulk operation answers shows no images: those of a new product are known by their order, see
        `record_parts`."""
        if document != "ProductSet" or not variables["input"].get("files"):
            return True
        return "customId" in variables["identifier"]

    def points(self, document: Document, variables: str, /) -> int | None:
        """Of productSet by what its answer shows and its input carries, as Shopify's schema says (ProductSetInput)."""
        if document.name != "ProductSet":
            return None
        given = json.loads(variables)
        carried = given["input"]
        extra = (
            0.2 * len(carried.get("variants") or ())
            + 0.4 * len(carried.get("metafields") or ())
            + 1.9 * len(carried.get("files") or ())
        )
        return document.cost(given) + math.ceil(extra)

    def verdict(self, data: dict[str, Any]) -> Verdict:
        ((root, payload),) = data.items()
        errors = payload["userErrors"]
        if root == "metafieldDefinitionCreate":
            # Whoever made it: it is there.
            errors = [e for e in errors if e["code"] != "TAKEN"]
        elif root == "productDelete":
            errors = [e for e in errors if e["message"] not in GONE]
        if not errors:
            return Accepted(_shown(root, payload))
        if busy := next((e for e in errors if e["message"].startswith(BUSY)), None):
            return Later("OPERATION_IN_PROGRESS", busy["message"])
        if any(e.get("code") in LOOK_AGAIN or e["message"] in GONE for e in errors):
            return Rejected(errors, changed=[0])
        first = errors[0]
        words = "; ".join(_words(e) for e in errors[:3])
        return Rejected(errors, [Refusal(0, first.get("code") or "INVALID_PRODUCT", words)])

    async def answer(self, client: Client, data: dict[str, Any], /) -> dict[str, Any]:
        """What Shopify does in the background is waited for; of a product with many variants the rest is read."""
        payload = data.get("productSet")
        if payload is None:
            return data
        if operation := payload["productSetOperation"]:
            payload = await self._wait(client, operation["id"])
        if payload["product"]:
            payload = {**payload, "product": await whole(client, payload["product"])}
        return {"productSet": payload}

    async def _wait(self, client: Client, operation: str) -> dict[str, Any]:
        pause = POLL[0]
        for _ in range(POLLS):
            await asyncio.sleep(pause)
            pause = min(POLL[1], 2 * pause)
            variables = {"id": operation, "variants": PAGE, "media": PAGE}
            answer = await client.execute(document("ProductOperation"), variables)
            found = answer.data["productOperation"]
            if found["status"] == "COMPLETE":
                return {"product": found["product"], "userErrors": found["userErrors"]}
        raise Transient("Shopify still works on a product in the background.", code="OPERATION_IN_PROGRESS")

    async def look(
        self, client: Client, turn: Turn, objects: Sequence[int], attempts: int, _request_id: int | None, /
    ) -> None:
        await read_products(self._db, client, turn.shop_id, objects, attempts)

    async def objects_of(self, request_id: int, _entries: Sequence[int] | None, /) -> Sequence[int]:
        return await db.products_of(self._db, request_id)


def _shown(root: str, payload: dict[str, Any]) -> Any:
    """The product as it was answered, with the variants that were."""
    product = payload.get("product")
    if root == "productVariantsBulkUpdate" and product:
        return {**product, "variants": {"nodes": payload["productVariants"]}}
    return product


def _words(error: dict[str, Any]) -> str:
    """An error with the place that it names: ``input.variants.3.price: must be ...``."""
    place = ".".join(part for part in error["field"] or () if part != "input")
    return f"{place}: {error['message']}" if place else str(error["message"])
