"""Recordings of the real service about inventory and products, replayed against the sandbox.

Replayed in full: the quantity contracts, the inactive level's life, levels in windows, the reasons, the bounds,
productCreate, productDelete, productSet in the background, productSet with duplicate variants, and the bulk update
of variants. Where a recording holds no query text, a document with its selections stands here, laid out so that
the recorded line and column numbers must come out.

Replayed in part: product-set-parity. Its products carry a taxonomy category and belong to a collection, neither of
which the sandbox keeps; what concerns variants, options and stock is replayed.

Not replayed: bulk operations, customers, fulfilments, orders, metafieldsSet and webhook subscriptions; the sandbox
does not serve them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.process import Sandbox, running
from tests.sandbox.recording import FOLDER, Replay, load

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there are no recordings in {FOLDER}")

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


@pytest.fixture(scope="module")
def shop() -> Iterator[Sandbox]:
    with running("--shop", "harry-test-heelo", "--locations", "Shop location,My Custom Location") as sandbox:
        yield sandbox


@pytest.fixture
def replay(shop: Sandbox) -> Replay:
    return Replay(shop)


def mutation(root: str, column: int = 41, idempotent: bool = True, selection: str = GROUP) -> str:
    """A document whose `$input` stands in this column of its second line."""
    name = "M" * (column - len("  mutation (") - 1)
    key, directive = (", $idempotencyKey: String!", " @idempotent(key: $idempotencyKey)") if idempotent else ("", "")
    return f"""
  mutation {name}($input: {KINDS[root]}{key}) {{
    {root}(input: $input){directive} {{
    {selection}
  }} }}"""


def knows_locations(replay: Replay, *recorded: str) -> None:
    nodes = replay.sandbox.data("{ locations(first: 10, sortKey: ID) { nodes { id } } }")["locations"]["nodes"]
    for theirs, own in zip(recorded, nodes, strict=False):
        replay.ours[theirs] = own["id"]


def test_quantity_contracts(replay: Replay) -> None:
    recording = load("inventory-quantity-contracts-2026-04")
    setup = recording["setup"]
    knows_locations(replay, setup["location"]["id"])
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
    knows_locations(replay, first["locationId"])


def test_bounds(replay: Replay) -> None:
    for case, one in load("inventorySetQuantities-quantity-bounds")["cases"].items():
        setup = one["setup"]
        knows_locations(replay, setup["locationId"])
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
    """`totalInventory` lags in the recording, and is current here."""
    recording = load("inventory-inactive-level-lifecycle-2026-04")
    knows_locations(replay, *(one["id"] for one in recording["locations"]))
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
    replay.differences = [one for one in replay.differences if "totalInventory" not in one]
    replay.matches()


def test_levels_in_windows(replay: Replay) -> None:
    for name, one in load("inventory-item-levels-connection-windowing-2026-04")["operations"].items():
        replay.send(one["query"], one["variables"], one["response"], label=name)
    replay.matches()


DETAILS = """id title handle status vendor productType tags descriptionHtml templateSuffix
  seo { title description }"""
CREATE_DETAILS = f"""mutation ($product: ProductCreateInput!) {{ productCreate(product: $product) {{
  product {{ {DETAILS} }} shop {{ id name myshopifyDomain }} userErrors {{ field message }}
}} }}"""
DELETE = """
mutation ProductDeleteConformanceNam($input: ProductDeleteInput!) { productDelete(input: $input) {
  deletedProductId shop { id name myshopifyDomain } userErrors { field message }
} }"""


def test_product_create_and_delete(replay: Replay) -> None:
    recording = load("product-create-parity")
    for one in (recording["mutation"], recording["validation"], *recording["handleValidation"].values()):
        replay.send(CREATE_DETAILS, one["variables"], one["response"], cost=False)
    product = recording["mutation"]["response"]["data"]["productCreate"]["product"]
    read = f"query ($id: ID!) {{ product(id: $id) {{ {DETAILS} }} }}"
    replay.send(read, {"id": product["id"]}, recording["downstreamRead"], cost=False)
    deletion = load("product-delete-parity")
    for name in ("mutation", "validation"):
        one = deletion[name]
        replay.send(DELETE, one["variables"], one["response"], cost=False, label=name)
    wrong = deletion["invalidInput"]
    missing = wrong["variableMissingId"]
    document = DELETE.replace("ProductDeleteConformanceNam", "M" * (37 - len("mutation (") - 1))
    replay.send(document, missing["variables"], missing["response"], label="variableMissingId")
    for name, value in (("inlineMissingId", "{}"), ("inlineNullId", "{id: null}")):
        text = f"\nmutation {{\n    productDelete(input: {value}) {{ userErrors {{ field }} }} }}"
        replay.send(text, {}, wrong[name]["response"], label=name)
    replay.matches()


def test_product_set_in_the_background(replay: Replay) -> None:
    recording = load("product-set-async-operation-parity")
    document = """mutation ($input: ProductSetInput!, $synchronous: Boolean!) {
      productSet(input: $input, synchronous: $synchronous) { product { id }
        productSetOperation { id status product { id } userErrors { field message } }
        userErrors { field message } } }"""
    poll = """query ($id: ID!) { productOperation(id: $id) { __typename status product { id title handle }
      ... on ProductSetOperation { id userErrors { field message } } } }"""
    for text, name in ((document, "mutation"), (poll, "operationRead")):
        one = recording[name]
        replay.send(text, one["variables"], one["response"], cost=False, label=name)
    replay.matches()


def test_product_set_with_duplicate_variants(replay: Replay) -> None:
    one = load("product-set-duplicate-variants-parity")["mutation"]
    document = """mutation ($input: ProductSetInput!, $synchronous: Boolean!) {
      productSet(input: $input, synchronous: $synchronous) { product { id } userErrors { field message } } }"""
    replay.send(document, one["variables"], one["response"], cost=False)
    replay.matches()


def test_product_set_variants_options_and_stock(replay: Replay) -> None:
    one = load("product-set-parity")["mutation"]
    source, destination = [
        each["locationId"] for each in one["variables"]["input"]["variants"][0]["inventoryQuantities"]
    ]
    knows_locations(replay, source, destination)
    variables = {**one["variables"], "input": {**one["variables"]["input"]}}
    del variables["input"]["category"]
    document = """mutation ($input: ProductSetInput!, $synchronous: Boolean!) {
      productSet(input: $input, synchronous: $synchronous) { product {
        id title handle status vendor productType tags totalInventory
        options { id name position values optionValues { id name hasVariants } }
        variants(first: 10) { nodes { id title sku price inventoryQuantity selectedOptions { name value }
          inventoryItem { id tracked requiresShipping inventoryLevels(first: 5) { nodes { id location { id name }
            quantities(names: ["available", "on_hand", "incoming"]) { name quantity updatedAt } } } } } }
        metafields(first: 5) { nodes { id namespace key type value } }
      } productSetOperation { id } userErrors { field message code } } }"""
    replay.send(document, variables, one["response"], cost=False)
    left_out = ("only recorded", "location.name")
    replay.differences = [each for each in replay.differences if not any(part in each for part in left_out)]
    replay.matches()


def test_bulk_update_of_variants(replay: Replay) -> None:
    recording = load("product-variants-bulk-update-allow-partial-and-error-order")
    setup = recording["setup"]
    product = setup["createProductResponse"]["data"]["productCreate"]["product"]
    create = """mutation ($product: ProductCreateInput!) { productCreate(product: $product) {
      product { id title } userErrors { field message } } }"""
    replay.send(create, {"product": {"title": product["title"]}}, setup["createProductResponse"], cost=False)
    shown = "id title sku price selectedOptions { name value }"
    options = """mutation ($productId: ID!, $options: [OptionCreateInput!]!) {
      productOptionsCreate(productId: $productId, options: $options) { product { id
        options { id name values optionValues { id name hasVariants } } variants(first: 5) { nodes { SHOWN } } }
        userErrors { field message } } }""".replace("SHOWN", shown)
    given = [
        {"name": "Color", "values": [{"name": "Red"}, {"name": "Blue"}]},
        {"name": "Size", "values": [{"name": "Small"}, {"name": "Large"}]},
    ]
    variables: dict[str, Any] = {"productId": setup["productId"], "options": given}
    replay.send(options, variables, setup["setupOptionsResponse"], cost=False)
    made = setup["setupSecondVariantResponse"]["data"]["productVariantsBulkCreate"]["productVariants"][0]
    second = """mutation ($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
      productVariantsBulkCreate(productId: $productId, variants: $variants) {
        product { id variants(first: 5) { nodes { SHOWN } } } productVariants { SHOWN }
        userErrors { field message } } }"""
    values = [{"optionName": "Color", "name": "Blue"}, {"optionName": "Size", "name": "Large"}]
    variant = {"price": made["price"], "inventoryItem": {"sku": made["sku"], "tracked": True}, "optionValues": values}
    variables = {"productId": setup["productId"], "variants": [variant]}
    replay.send(second.replace("SHOWN", shown), variables, setup["setupSecondVariantResponse"], cost=False)
    update = """mutation ($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
      productVariantsBulkUpdate(productId: $productId, variants: $variants, allowPartialUpdates: true) {
        product { id totalInventory tracksInventory } productVariants { id sku price }
        userErrors { field message code } } }"""
    ordering = update.replace("product { id totalInventory tracksInventory } ", "").replace("id sku price", "id")
    read = """query ($productId: ID!, $redVariantId: ID!, $blueVariantId: ID!) {
      red: productVariant(id: $redVariantId) { id sku price } blue: productVariant(id: $blueVariantId) { id sku price }
      product(id: $productId) { variants(first: 10) { nodes { id sku price } } } }"""
    for document, name in ((update, "partialUpdate"), (read, "partialRead"), (ordering, "errorOrdering")):
        one = recording[name]
        replay.send(document, one["request"]["variables"], one["response"]["payload"], cost=False, label=name)
    replay.matches()
