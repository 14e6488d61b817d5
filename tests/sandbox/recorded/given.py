"""What recordings do not tell, as far as an answer betrays it: a call's variables, and what was there before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.products.totals import LAG
from tests.sandbox.bulk.operations import cancel, run_mutation, until, upload
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


UNASKED = ("currentAppInstallation", "locations", "shop")
"""Queries that need no variable."""


def variables_of(call: Call) -> Variables | None:
    """Of a call whose own were not kept; None where the answer does not betray them."""
    roots = list(call.data)
    if len(roots) == 1 and roots[0] in MUTATIONS:
        payload = call.data[roots[0]]
        return MUTATIONS[roots[0]](payload) if payload and not payload["userErrors"] else None
    found = {f"{root}Id": (call.data[root] or {}).get("id") for root in roots if root not in UNASKED}
    return found if all(found.values()) else None


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
        {
            "id": one["id"],
            "inventoryItem": {name: one["inventoryItem"][name] for name in ("tracked", "requiresShipping")},
        }
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


SHAPE = "id title variants(first: 1) { nodes { id inventoryQuantity inventoryItem { id tracked } } }"
CREATE = f"mutation ($product: ProductCreateInput!) {{ productCreate(product: $product) {{ product {{ {SHAPE} }} }} }}"


def product(replay: Replay, recorded: str, title: str = "As recorded", status: str = "ACTIVE") -> Any:
    """The recorded product was there before, as productCreate makes one."""
    given = {"title": title, "status": status}
    made = replay.sandbox.data(CREATE, {"product": given})["productCreate"]["product"]
    replay.ours[recorded] = made["id"]
    return made


def _inactive(replay: Replay, recording: Any) -> None:
    created = recording["setup"]["productCreate"]
    made = product(replay, created["id"], created["title"])
    (theirs,), (own,) = created["variants"]["nodes"], made["variants"]["nodes"]
    for one, other in ((theirs, own), (theirs["inventoryItem"], own["inventoryItem"])):
        replay.ours[one["id"]] = other["id"]


def _deleted(replay: Replay, recording: Any) -> None:
    product(replay, recording["mutation"]["variables"]["input"]["id"])


def _slow_file(replay: Replay, _: Any) -> None:
    """The recorded polls find it at work, and then done."""
    replay.sandbox.fault("bulk_slow", seconds=1.5)


def _large_files(replay: Replay, recording: Any) -> None:
    """A mutation was cancelled before; the next ones take longer than the recorder looks at them."""
    before = recording["cleanupBefore"][0]["response"]["data"]["currentBulkOperation"]
    replay.sandbox.fault("bulk_stuck")
    started = run_mutation(replay.sandbox, before["query"], upload(replay.sandbox, b"\n"))["bulkOperation"]
    cancel(replay.sandbox, started["id"])
    until(replay.sandbox, started["id"], "CANCELED")


def _grouped(replay: Replay, recording: Any) -> None:
    _products(replay, [row["title"] for row in recording["runs"]["runQueryGroupObjectsTrue"]["result"]["records"]])


def _five_at_once(replay: Replay, recording: Any) -> None:
    """All products are read by the time that they are cancelled."""
    counted = recording["cancelAttempts"][0]["response"]["data"]["bulkOperationCancel"]["bulkOperation"]["objectCount"]
    _products(replay, [f"Product {n}" for n in range(int(counted))])
    replay.sandbox.fault("bulk_stuck", lines=int(counted))


def _cancelled(replay: Replay, recording: Any) -> None:
    """As many products as it counts, and as many variants as it counts other objects."""
    shown = recording["lifecycle"]["preCancelObservation"]["response"]["data"]["bulkOperation"]
    count, more = int(shown["rootObjectCount"]), int(shown["objectCount"]) - int(shown["rootObjectCount"])
    _products(replay, [f"Product {n}" for n in range(count)], [len(range(n, more, count)) for n in range(count)])
    replay.sandbox.fault("bulk_stuck", lines=count + more)


def _products(replay: Replay, titles: list[str], variants: Sequence[int] = ()) -> None:
    made = [{"title": title, "variants": [{}] * (variants[n] if variants else 1)} for n, title in enumerate(titles)]
    replay.sandbox.control("POST", "/products", {"products": made})


METAFIELDS = "mutation ($given: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $given) { userErrors { code } } }"


def _owner(replay: Replay, recording: Any) -> None:
    product(replay, recording["mutation"]["variables"]["metafields"][0]["ownerId"])


def _with_metafields(replay: Replay, recording: Any) -> None:
    """The one that is deleted, and the one that stays."""
    (given, _), (kept,) = (
        recording["mutation"]["variables"]["metafields"],
        recording["downstreamRead"]["data"]["product"]["metafields"]["nodes"],
    )
    owner = product(replay, given["ownerId"])["id"]
    stays = {name: kept[name] for name in ("namespace", "key", "type", "value")}
    goes = {**given, "type": kept["type"], "value": "Canvas"}
    replay.sandbox.data(METAFIELDS, {"given": [{**one, "ownerId": owner} for one in (goes, stays)]})


BEFORE: dict[str, Callable[[Replay, Any], None]] = {
    "bulk-operation-cancel-preserves-fields": _cancelled,
    "bulk-operation-run-mutation-created-status": _slow_file,
    "bulk-operation-run-mutation-file-size": _large_files,
    "bulk-operation-run-query-concurrency-limit": _five_at_once,
    "bulk-operation-run-query-group-objects": _grouped,
    "inventory-inactive-level-lifecycle-2026-04": _inactive,
    "metafields-delete-parity": _with_metafields,
    "metafields-set-parity": _owner,
    "product-delete-parity": _deleted,
}
"""By recording: what its first call finds."""


def _posted(replay: Replay, recording: Any, target: Any) -> None:
    content = recording["setup"]["uploadContent"].encode()
    fields = {one["name"]: one["value"] for one in target["parameters"]}
    assert replay.sandbox.http.post(target["url"], data=fields, files={"file": content}).status_code == 201


def _put(name: str) -> Callable[[Replay, Any, Any], None]:
    def put(replay: Replay, recording: Any, target: Any) -> None:
        left = recording["running"][name]["sizeBytes"]
        pieces = (b"\n" * min(MB, left - at) for at in range(0, left, MB))
        assert replay.sandbox.http.put(target["url"], content=pieces).status_code == 200

    return put


MB = 1024 * 1024
UPLOADS: dict[tuple[str, str], Callable[[Replay, Any, Any], None]] = {
    ("bulk-operation-run-mutation-created-status", "setup.stagedUpload"): _posted,
    ("bulk-operation-run-mutation-file-size", "running.stagedUpload"): _put("upload"),
    ("bulk-operation-run-mutation-file-size", "running.oversizedStagedUpload"): _put("oversizedUpload"),
}
"""What was brought to the target that a call was answered with."""

SAME_INPUT = {
    ("product-set-parity", "handleParity.productSetCreateCollision.secondCreate"): "mutation",
}
"""Calls that were sent with the variables of another one."""

PARTIAL = {"allowPartialUpdates": True}
MORE: dict[tuple[str, str], Variables] = {
    ("product-variants-bulk-update-allow-partial-and-error-order", "errorOrdering"): PARTIAL,
    ("product-variants-bulk-update-allow-partial-and-error-order", "partialUpdate"): PARTIAL,
}
"""What stood in the document itself, by the recording's notes."""

PAUSES = {
    ("bulk-operation-cancel-preserves-fields", "lifecycle.progressPolls[19]"): 1.0,
    ("bulk-operation-run-mutation-created-status", "success.statusPolls[0]"): 0.6,
    ("bulk-operation-run-mutation-created-status", "success.statusPolls[1]"): 1.8,
    ("bulk-operation-run-mutation-file-size", "running.currentAfterOversized"): 0.3,
    ("bulk-operation-run-query-concurrency-limit", "cancelAttempts[0]"): 1.0,
    ("bulk-operation-run-query-group-objects", "runs.runQueryGroupObjectsDefault.statusPolls[1]"): 1.0,
    ("bulk-operation-run-query-group-objects", "runs.runQueryGroupObjectsTrue.statusPolls[1]"): 1.0,
    ("inventory-quantity-contracts-2026-04", "downstreamRead"): LAG,
    ("product-set-parity", "preExistingUpdate.id.hydrate"): LAG,
}
"""Seconds that passed before a call."""
