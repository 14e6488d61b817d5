"""What recordings do not tell, as far as their answers betray it: the variables of a call, and what was there before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.recorded.calls import Call
from tests.sandbox.recording import Replay

Variables = dict[str, Any]

ALIASES = {
    "blue": ("productVariant", "blueVariantId"),
    "red": ("productVariant", "redVariantId"),
    "stockOne": ("inventoryItem", "inventoryItemOneId"),
    "stockTwo": ("inventoryItem", "inventoryItemTwoId"),
    "variantOne": ("productVariant", "variantOneId"),
    "variantTwo": ("productVariant", "variantTwoId"),
}
"""Names of an answer that are no fields: the field, and the variable of its id."""


def variables_of(call: Call) -> Variables | None:
    """Of a call whose own were not kept; None where the answer does not betray them."""
    roots = list(call.data)
    if len(roots) == 1 and roots[0] in MUTATIONS:
        payload = call.data[roots[0]]
        return MUTATIONS[roots[0]](payload) if payload and not payload["userErrors"] else None
    found = {f"{root}Id": (call.data[root] or {}).get("id") for root in roots}
    return found if found and all(found.values()) else None


def _created(payload: Any) -> Variables:
    product = payload["product"]
    return {"product": {name: product[name] for name in ("title", "status") if name in product}}


def _set(payload: Any) -> Variables:
    variants = []
    for variant in payload["product"]["variants"]["nodes"]:
        quantities = [
            {"locationId": level["location"]["id"], "name": one["name"], "quantity": one["quantity"]}
            for level in variant["inventoryItem"]["inventoryLevels"]["nodes"]
            for one in level["quantities"]
            if one["name"] == "available"
        ]
        values = [{"optionName": "Title", "name": "Default Title"}]
        variants.append({"optionValues": values, "inventoryItem": {"tracked": True}, "inventoryQuantities": quantities})
    options = [{"name": "Title", "values": [{"name": "Default Title"}]}]
    return {"input": {"title": "As recorded", "productOptions": options, "variants": variants}}


def _tracked(payload: Any) -> Variables:
    variants = [
        {"id": one["id"], "inventoryItem": {name: one["inventoryItem"][name] for name in ("tracked", "requiresShipping")}}
        for one in payload["productVariants"]
    ]
    return {"productId": payload["product"]["id"], "variants": variants}


def _options(payload: Any) -> Variables:
    options = [
        {"name": one["name"], "values": [{"name": value["name"]} for value in one["optionValues"]]}
        for one in payload["product"]["options"]
    ]
    return {"productId": payload["product"]["id"], "options": options}


def _variants(payload: Any) -> Variables:
    variants = [
        {
            "price": one["price"],
            "inventoryItem": {"sku": one["sku"]},
            "optionValues": [{"optionName": of["name"], "name": of["value"]} for of in one["selectedOptions"]],
        }
        for one in payload["productVariants"]
    ]
    return {"productId": payload["product"]["id"], "variants": variants}


MUTATIONS: dict[str, Callable[[Any], Variables]] = {
    "productCreate": _created,
    "productDelete": lambda payload: {"input": {"id": payload["deletedProductId"]}},
    "productOptionsCreate": _options,
    "productSet": _set,
    "productVariantsBulkCreate": _variants,
    "productVariantsBulkUpdate": _tracked,
}


def product(replay: Replay, recorded: str, title: str = "As recorded") -> None:
    """The recorded product was there before; ours has this title."""
    made = replay.sandbox.control("POST", "/products", {"products": [{"title": title}]})
    replay.ours[recorded] = made["products"][0]["id"]


def _inactive(replay: Replay, recording: Any) -> None:
    created = recording["setup"]["productCreate"]
    shape = "id title variants(first: 1) { nodes { id inventoryQuantity inventoryItem { id tracked } } }"
    text = f"mutation ($product: ProductCreateInput!) {{ productCreate(product: $product) {{ product {{ {shape} }} }} }}"
    made = replay.sandbox.data(text, {"product": {"title": created["title"]}})["productCreate"]["product"]
    (theirs,), (own,) = created["variants"]["nodes"], made["variants"]["nodes"]
    for one, other in ((created, made), (theirs, own), (theirs["inventoryItem"], own["inventoryItem"])):
        replay.ours[one["id"]] = other["id"]


BEFORE: dict[str, Callable[[Replay, Any], None]] = {
    "inventory-inactive-level-lifecycle-2026-04": _inactive,
    "product-delete-parity": lambda replay, recording: product(
        replay, recording["mutation"]["variables"]["input"]["id"]
    ),
    "bulk-operation-run-mutation-created-status": lambda replay, recording: product(
        replay,
        recording["cleanup"]["productDelete"]["variables"]["input"]["id"],
        recording["success"]["downstreamRead"]["response"]["data"]["products"]["nodes"][0]["title"],
    ),
}
"""By recording: what its first call finds."""

REPEATED = {
    ("product-set-parity", "handleParity.productSetCreateCollision.firstCreate"): "the recording's first call, again",
}
"""Calls that stand in a recording twice."""

SAME_INPUT = {
    ("product-set-parity", "handleParity.productSetCreateCollision.secondCreate"): "mutation",
}
"""Calls that were sent with the variables of another one."""
