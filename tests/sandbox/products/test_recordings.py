"""Recordings of the real service about products, replayed against the sandbox with documents of their own.

The judge in `tests/sandbox/recorded` replays every recording; these lay out documents so that positions come out too.
Replayed in full: productCreate, productDelete, productSet in the background, productSet with duplicate variants, and
the bulk update of variants. In part: product-set-parity. Its products carry a taxonomy category and belong to a
collection, neither of which the sandbox keeps; what concerns variants, options and stock is replayed.
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.recording import Replay, load, needs_recordings

pytestmark = needs_recordings

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
    replay.knows_locations(source, destination)
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
