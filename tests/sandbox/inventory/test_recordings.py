"""Recordings of the real service about inventory, replayed against the sandbox with documents of their own.

The judge in `tests/sandbox/recorded` replays every recording; these compare positions and costs too.
Replayed in full: the quantity contracts, the inactive level's life, levels in windows, the reasons, the bounds. Where
a recording holds no query text, a document with its selections stands here, laid out so that the recorded line and
column numbers must come out.

Not replayed: bulk operations, customers, fulfilments, orders, metafieldsSet and webhook subscriptions; the sandbox
does not serve them.
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.recording import Replay, load, needs_recordings

pytestmark = needs_recordings

GROUP = """inventoryAdjustmentGroup {
      id createdAt reason referenceDocumentUri
      changes { name delta quantityAfterChange item { id } location { id name } }
    }
    userErrors { field message code }"""

CREATE = """mutation ($product: ProductCreateInput!) {
  productCreate(product: $product) {
    product { id title variants(first: 1) { nodes {
      id inventoryQuantity inventoryItem { id tracked requiresShipping } } } }
    userErrors { field message }
  }
}"""

TRACK = """mutation ($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $productId, variants: $variants) {
    product { id tracksInventory totalInventory }
    productVariants { id inventoryQuantity inventoryItem { id tracked requiresShipping } }
    userErrors { field message }
  }
}"""

KINDS = {
    "inventorySetQuantities": "InventorySetQuantitiesInput!",
    "inventorySetOnHandQuantities": "InventorySetOnHandQuantitiesInput!",
    "inventoryAdjustQuantities": "InventoryAdjustQuantitiesInput!",
    "inventoryMoveQuantities": "InventoryMoveQuantitiesInput!",
}


def mutation(root: str, column: int = 41, idempotent: bool = True, selection: str = GROUP) -> str:
    """A document whose `$input` stands in this column of its second line."""
    name = "M" * (column - len("  mutation (") - 1)
    key, directive = (", $idempotencyKey: String!", " @idempotent(key: $idempotencyKey)") if idempotent else ("", "")
    return f"""
  mutation {name}($input: {KINDS[root]}{key}) {{
    {root}(input: $input){directive} {{
    {selection}
  }} }}"""


def test_quantity_contracts(replay: Replay) -> None:
    recording = load("inventory-quantity-contracts-2026-04")
    setup = recording["setup"]
    replay.knows_locations(setup["location"]["id"])
    title = setup["create"]["data"]["productCreate"]["product"]["title"]
    replay.send(CREATE, {"product": {"title": title, "status": "DRAFT"}}, setup["create"])
    variant = {"id": setup["product"]["variantId"], "inventoryItem": {"tracked": True}}
    track = {"productId": setup["product"]["productId"], "variants": [variant]}
    replay.send(TRACK, track, setup["track"])
    cases = [
        ("inventorySetQuantities", "inventorySetQuantities", 41, True),
        ("missingSetIdempotency", "inventorySetQuantities", 41, False),
        ("missingSetChangeFromQuantity", "inventorySetQuantities", 41, True),
        ("legacySetShape", "inventorySetQuantities", 41, True),
        ("inventoryAdjustQuantities", "inventoryAdjustQuantities", 41, True),
        ("inventorySetOnHandQuantities", "inventorySetOnHandQuantities", 41, True),
        ("missingSetOnHandIdempotency", "inventorySetOnHandQuantities", 41, False),
        ("missingSetOnHandChangeFromQuantity", "inventorySetOnHandQuantities", 47, True),
        ("missingAdjustIdempotency", "inventoryAdjustQuantities", 41, False),
        ("missingAdjustChangeFromQuantity", "inventoryAdjustQuantities", 62, True),
    ]
    for case, root, column, idempotent in cases:
        one = recording[case]
        variables, document = dict(one["variables"]), mutation(root, column, idempotent)
        if not idempotent:
            del variables["idempotencyKey"]
        elif "idempotencyKey" not in variables:
            document = document.replace(", $idempotencyKey: String!", "").replace("$idempotencyKey", '"a-key"')
        whole = idempotent and "idempotencyKey" in variables
        replay.send(document, variables, one["response"], cost=whole, label=case)
    unknown = recording["unknownIdValidation"]
    for case, one in unknown.items():
        if isinstance(one, dict):
            root = next(iter(one["response"]["data"]))
            brief = "inventoryAdjustmentGroup { id }\n    userErrors { field message code }"
            document = mutation(root, selection=brief)
            replay.send(document, one["variables"], one["response"], cost=False, label=case)
    replay.matches()


def test_reasons(replay: Replay) -> None:
    recording = load("inventory-reason-validation")
    setup_item(replay, recording)
    for case, one in {**recording["acceptedReasonCases"], **recording["invalidReasonCases"]}.items():
        replay.send(one["query"], one["variables"], one["response"], label=case)
    replay.matches()


def setup_item(replay: Replay, recording: dict[str, Any]) -> None:
    """An item with one piece at the location, as all the cases expect it."""
    first = next(iter(recording["acceptedReasonCases"].values()))["variables"]["input"]["quantities"][0]
    made = replay.sandbox.control("POST", "/products", {"products": [{"title": "One", "variants": [{"available": 1}]}]})
    replay.ours[first["inventoryItemId"]] = made["products"][0]["variants"][0]["inventory_item_id"]
    replay.knows_locations(first["locationId"])


def test_bounds(replay: Replay) -> None:
    for case, one in load("inventorySetQuantities-quantity-bounds")["cases"].items():
        setup = one["setup"]
        replay.knows_locations(setup["locationId"])
        title = setup["create"]["data"]["productCreate"]["product"]["title"]
        slim = CREATE.replace("inventoryQuantity ", "")
        replay.send(slim, {"product": {"title": title}}, setup["create"], label=case)
        replay.send(one["query"], one["variables"], one["response"], label=case)
    replay.matches()


LEVEL = """id isActive location { id name }
  quantities(names: ["available", "on_hand", "incoming"]) { name quantity }"""
READ = """query ($inventoryItemId: ID!, $inventoryLevelId: ID!, $inactiveLocationId: ID!) {
  inventoryItem(id: $inventoryItemId) {
    id tracked variant { id inventoryQuantity product { id totalInventory tracksInventory } }
    inventoryLevels(first: 5, includeInactive: true) { nodes { LEVEL } }
    inactiveLevel: inventoryLevel(locationId: $inactiveLocationId, includeInactive: true) { LEVEL }
  }
  inventoryLevel(id: $inventoryLevelId) { LEVEL item { id tracked } }
}""".replace("LEVEL ", LEVEL + " ")
ACTIVATE = """mutation ($inventoryItemId: ID!, $locationId: ID!, $available: Int, $idempotencyKey: String!) {
  inventoryActivate(inventoryItemId: $inventoryItemId, locationId: $locationId, available: $available)
      @idempotent(key: $idempotencyKey) {
    inventoryLevel {
      id isActive location { id name }
      quantities(names: ["available", "on_hand", "incoming"]) { name quantity updatedAt }
      item { id tracked variant { id inventoryQuantity product { id totalInventory tracksInventory } } }
    }
    userErrors { field message }
  }
}"""
DEACTIVATE = """mutation ($inventoryLevelId: ID!, $idempotencyKey: String!) {
  inventoryDeactivate(inventoryLevelId: $inventoryLevelId) @idempotent(key: $idempotencyKey) {
    userErrors { field message }
  }
}"""


def test_inactive_level(replay: Replay) -> None:
    recording = load("inventory-inactive-level-lifecycle-2026-04")
    replay.knows_locations(*(one["id"] for one in recording["locations"]))
    setup = recording["setup"]
    product = setup["productCreate"]
    brief = """mutation ($product: ProductCreateInput!) { productCreate(product: $product) { product { id title
      variants(first: 1) { nodes { id inventoryQuantity inventoryItem { id tracked inventoryLevels(first: 5) { nodes {
      id location { id name } quantities(names: ["available", "on_hand", "incoming"]) { name quantity updatedAt }
      } } } } } } } }"""
    recorded = {"data": {"productCreate": {"product": product}}}
    replay.send(brief, {"product": {"title": product["title"]}}, recorded, cost=False)
    one = setup["trackInventory"]
    replay.sandbox.data(TRACK, replay.translated(one["variables"]))
    selection = GROUP.replace("id createdAt reason referenceDocumentUri", "id").replace(" code }", " }")
    steps = [
        (mutation("inventorySetQuantities", selection=selection), setup["setPrimaryQuantity"]),
        (ACTIVATE, setup["inventoryActivateSecondaryLocation"]),
        (mutation("inventorySetQuantities", selection=selection), setup["setSecondaryQuantity"]),
        (DEACTIVATE, recording["inventoryInactiveLifecycleDeactivate"]),
        (READ, recording["inventoryInactiveLifecycleReadAfterDeactivate"]),
        (ACTIVATE, recording["inventoryInactiveLifecycleReactivate"]),
        (READ, recording["inventoryInactiveLifecycleReadAfterReactivate"]),
    ]
    for n, (document, step) in enumerate(steps):
        replay.send(document, step["variables"], step["response"], label=f"step {n}")
    replay.matches()


def test_levels_in_windows(replay: Replay) -> None:
    for name, one in load("inventory-item-levels-connection-windowing-2026-04")["operations"].items():
        replay.send(one["query"], one["variables"], one["response"], label=name)
    replay.matches()
