"""Making, changing, finding and paging products."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from house.sandbox import Sandbox, running

Start = Callable[..., Sandbox]

SET = """mutation ($input: ProductSetInput!, $identifier: ProductSetIdentifiers) {
  productSet(input: $input, identifier: $identifier) {
    product { id title handle variants(first: 9) { nodes { id title sku inventoryItem { id tracked } } } }
    userErrors { field message code }
  }
}"""
CREATE = """mutation ($product: ProductCreateInput!) { productCreate(product: $product) {
  product { id handle variants(first: 9) { nodes { id title inventoryItem { id tracked
    inventoryLevels(first: 9) { nodes { location { name } } } } } } } userErrors { field message } } }"""
MISSING = "gid://shopify/Product/404"


@pytest.fixture(scope="module")
def shop() -> Iterator[Sandbox]:
    with running("--locations", "Main,Second", "--unlimited") as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def large() -> Iterator[Sandbox]:
    with running("--products", "60", "--variants-per-product", "10", "--unlimited") as sandbox:
        yield sandbox


def product_set(shop: Sandbox, identifier: Any = None, **given: Any) -> dict[str, Any]:
    return dict(shop.data(SET, {"input": given, "identifier": identifier})["productSet"])


def sizes(*names: str, **more: Any) -> dict[str, Any]:
    """Options and variants for these sizes."""
    options = [{"name": "Size", "values": [{"name": name} for name in names]}]
    variants = [
        {"optionValues": [{"optionName": "Size", "name": name}], "sku": f"{more['title']}-{name}"} for name in names
    ]
    return {"productOptions": options, "variants": variants, **more}


def test_a_created_product_has_one_untracked_variant_at_the_first_location(shop: Sandbox) -> None:
    options = [{"name": "Size", "values": [{"name": "S"}, {"name": "M"}]}]
    payload = shop.data(CREATE, {"product": {"title": "Plain", "productOptions": options}})["productCreate"]
    (variant,) = payload["product"]["variants"]["nodes"]
    assert (variant["title"], variant["inventoryItem"]["tracked"]) == ("S", False)
    assert variant["inventoryItem"]["inventoryLevels"]["nodes"] == [{"location": {"name": "Main"}}]


def test_handles_are_derived_and_numbered(shop: Sandbox) -> None:
    made = [shop.data(CREATE, {"product": {"title": "Très Chic!"}}) for _ in range(3)]
    handles = [one["productCreate"]["product"]["handle"] for one in made]
    assert handles == ["très-chic", "très-chic-1", "très-chic-2"]


def test_product_set_replaces_the_list_of_variants_and_keeps_those_that_match(shop: Sandbox) -> None:
    first = product_set(shop, **sizes("S", "M", title="Swap"))["product"]
    small = first["variants"]["nodes"][0]
    second = product_set(shop, {"id": first["id"]}, **sizes("L", "S", title="Swap"))["product"]
    assert [one["title"] for one in second["variants"]["nodes"]] == ["L", "S"]
    assert second["variants"]["nodes"][1] == small
    assert "Swap-M" not in shop.available()


def test_product_set_makes_or_changes_by_handle_and_by_custom_id(shop: Sandbox) -> None:
    given = {"title": "By handle", "handle": "by-handle"}
    made = [product_set(shop, {"handle": "by-handle"}, **given)["product"] for _ in range(2)]
    assert made[0] == made[1]
    custom = {"namespace": "wms", "key": "style", "value": "7"}
    fields = [{**custom, "type": "id"}]
    made = [product_set(shop, {"customId": custom}, title="Custom", metafields=fields)["product"] for _ in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("identifier", "given", "field", "code"),
    [
        ({"id": MISSING}, {"title": "X"}, ["input", "id"], "PRODUCT_DOES_NOT_EXIST"),
        ({"id": MISSING}, {"id": MISSING}, ["input"], "ID_NOT_ALLOWED"),
        ({"handle": "a"}, {"title": "X"}, ["input"], "MISSING_FIELD_REQUIRED"),
        ({"handle": "a"}, {"title": "X", "handle": "b"}, ["input"], "INPUT_MISMATCH"),
        (None, {"title": " "}, ["input", "title"], "INVALID_INPUT"),
        (None, {"title": "x" * 256}, ["input", "title"], "INVALID_INPUT"),
        (None, {"title": "X", "variants": [{"optionValues": []}]}, ["input", "variants", "0", "optionValues"], None),
    ],
)
def test_product_set_says_what_is_wrong(
    shop: Sandbox, identifier: Any, given: dict[str, Any], field: list[str], code: str | None
) -> None:
    payload = product_set(shop, identifier, **given)
    assert payload["product"] is None
    assert payload["userErrors"][0]["field"] == field
    assert code is None or payload["userErrors"][0]["code"] == code


def test_variants_are_made_all_or_none(shop: Sandbox) -> None:
    product = product_set(shop, **sizes("S", title="Batch"))["product"]["id"]
    text = """mutation ($id: ID!, $variants: [ProductVariantsBulkInput!]!) {
      productVariantsBulkCreate(productId: $id, variants: $variants) {
        productVariants { title } userErrors { field code } } }"""

    def create(*names: str, **more: Any) -> dict[str, Any]:
        values = [{"optionValues": [{"optionName": "Size", "name": name}], **more} for name in names]
        return dict(shop.data(text, {"id": product, "variants": values})["productVariantsBulkCreate"])

    payload = create("M", "S")
    field, code = ["variants", "1"], "VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE"
    assert payload["userErrors"] == [{"field": field, "code": code}]
    assert create("M", price="-1")["userErrors"][0]["code"] == "GREATER_THAN_OR_EQUAL_TO"
    assert create("M", "L")["productVariants"] == [{"title": "M"}, {"title": "L"}]


def test_the_last_variant_stays(shop: Sandbox) -> None:
    product = product_set(shop, **sizes("S", "M", title="Last"))["product"]
    ids = [one["id"] for one in product["variants"]["nodes"]]
    text = """mutation ($id: ID!, $ids: [ID!]!) { productVariantsBulkDelete(productId: $id, variantsIds: $ids) {
      product { id } userErrors { code } } }"""
    outcomes = [
        shop.data(text, {"id": product["id"], "ids": some})["productVariantsBulkDelete"]["userErrors"]
        for some in (ids, ids[:1], ids[1:])
    ]
    last = [{"code": "CANNOT_DELETE_LAST_VARIANT"}]
    assert outcomes == [last, [], last]


def test_an_item_is_tracked_and_renamed(shop: Sandbox) -> None:
    product = product_set(shop, **sizes("S", title="Item"))["product"]
    item = product["variants"]["nodes"][0]["inventoryItem"]
    assert item["tracked"] is False
    text = """mutation ($id: ID!, $input: InventoryItemInput!) { inventoryItemUpdate(id: $id, input: $input) {
      inventoryItem { sku tracked unitCost { amount currencyCode } } userErrors { field message } } }"""
    change = {"tracked": True, "sku": "NEW", "cost": "4.20"}
    payload = shop.data(text, {"id": item["id"], "input": change})["inventoryItemUpdate"]
    cost = {"amount": "4.20", "currencyCode": "USD"}
    assert payload["inventoryItem"] == {"sku": "NEW", "tracked": True, "unitCost": cost}
    gone = shop.data(text, {"id": "gid://shopify/InventoryItem/404", "input": change})["inventoryItemUpdate"]
    assert gone["userErrors"][0]["message"] == "The product couldn't be updated because it does not exist."


def test_an_item_stays_stocked_somewhere(shop: Sandbox) -> None:
    product = product_set(shop, **sizes("S", title="Places"))["product"]
    item = product["variants"]["nodes"][0]["inventoryItem"]["id"]
    places = shop.data("{ locations(first: 2, sortKey: ID) { nodes { id } } }")["locations"]["nodes"]
    text = """mutation ($id: ID!, $updates: [InventoryBulkToggleActivationInput!]!) {
      inventoryBulkToggleActivation(inventoryItemId: $id, inventoryItemUpdates: $updates) {
        inventoryLevels { isActive } userErrors { code } } }"""

    def toggle(place: int, on: bool) -> dict[str, Any]:
        updates = [{"locationId": places[place]["id"], "activate": on}]
        return dict(shop.data(text, {"id": item, "updates": updates})["inventoryBulkToggleActivation"])

    assert toggle(0, False)["userErrors"] == [{"code": "CANNOT_DEACTIVATE_FROM_ONLY_LOCATION"}]
    assert toggle(1, True) == {"inventoryLevels": [{"isActive": True}], "userErrors": []}
    assert toggle(0, False) == {"inventoryLevels": [{"isActive": False}], "userErrors": []}


def test_pages_lead_forwards_and_backwards_through_everything(large: Sandbox) -> None:
    text = """query ($first: Int, $last: Int, $after: String, $before: String) {
      productVariants(first: $first, last: $last, after: $after, before: $before) {
        nodes { sku } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    forwards: list[str] = []
    backwards: list[str] = []
    variables: dict[str, Any] = {"first": 250}
    sizes_seen = []
    while variables:
        page = large.data(text, variables)["productVariants"]
        forwards += [one["sku"] for one in page["nodes"]]
        sizes_seen.append(len(page["nodes"]))
        info = page["pageInfo"]
        variables = {"first": 250, "after": info["endCursor"]} if info["hasNextPage"] else {}
    assert sizes_seen == [250, 250, 100]
    assert forwards == [f"SKU-{n:06d}" for n in range(1, 601)]
    variables = {"last": 200}
    while variables:
        page = large.data(text, variables)["productVariants"]
        backwards[:0] = [one["sku"] for one in page["nodes"]]
        info = page["pageInfo"]
        variables = {"last": 200, "before": info["startCursor"]} if info["hasPreviousPage"] else {}
    assert backwards == forwards


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("sku:SKU-000007", 1),
        ("sku:'sku-000007' OR sku:SKU-000008", 2),
        ("sku:SKU-00001*", 10),
        ("NOT sku:SKU-00001*", 590),
        ("title:S", 120),
        ("updated_at:>='2020-01-01T00:00:00Z'", 600),
        ("updated_at:<'2020-01-01T00:00:00Z'", 0),
        ("sku:NONE", 0),
    ],
)
def test_variants_are_found_and_counted(large: Sandbox, query: str, count: int) -> None:
    text = """query ($query: String) {
      productVariantsCount(query: $query, limit: null) { count precision }
      productVariants(first: 250, query: $query) { nodes { id } } }"""
    data = large.data(text, {"query": query})
    assert data["productVariantsCount"] == {"count": count, "precision": "EXACT"}
    assert len(data["productVariants"]["nodes"]) == min(count, 250)


def test_a_count_is_exact_to_its_limit(large: Sandbox) -> None:
    text = "{ productVariantsCount(limit: 500) { count precision } }"
    assert large.data(text)["productVariantsCount"] == {"count": 500, "precision": "AT_LEAST"}


def test_nodes_answer_in_order_with_null_for_what_is_not_there(large: Sandbox) -> None:
    level = large.state()[0]
    ids = [level["inventory_item_id"], MISSING, level["location_id"], "gid://shopify/Order/1"]
    text = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    nodes = large.data(text, {"ids": ids})["nodes"]
    assert nodes == [
        {"__typename": "InventoryItem", "id": ids[0]},
        None,
        {"__typename": "Location", "id": ids[2]},
        None,
    ]


def test_searches_lag_behind_writes_and_reads_by_id_do_not(start: Start) -> None:
    sandbox = start("--index-lag-seconds", "0.3", "--unlimited")
    made = product_set(sandbox, **sizes("S", title="Late"))["product"]["id"]
    search = '{ products(first: 1, query: "sku:Late-S") { nodes { id } } }'
    assert sandbox.data(search)["products"]["nodes"] == []
    assert sandbox.data(f'{{ product(id: "{made}") {{ title }} }}')["product"] == {"title": "Late"}
    tries = 0
    while not sandbox.data(search)["products"]["nodes"] and tries < 10_000:
        tries += 1
    assert sandbox.data(search)["products"]["nodes"] == [{"id": made}]


def test_every_field_of_the_schema_can_be_asked_for(shop: Sandbox) -> None:
    """Objects with everything they have, two levels deep, without an internal error."""
    product_set(shop, **sizes("S", title="Whole"))
    types = shop.data("{ __schema { types { name kind fields(includeDeprecated: true) { ...F } } } } " + FIELD)
    kinds = {one["name"]: one for one in types["__schema"]["types"]}
    for root, selection in (
        ("shop", everything(kinds, "Shop", 1)),
        ("products(first: 1, reverse: true)", f"nodes {{ {everything(kinds, 'Product', 2)} }}"),
        ("productVariants(first: 1, reverse: true)", f"nodes {{ {everything(kinds, 'ProductVariant', 2)} }}"),
        ("inventoryItems(first: 1, reverse: true)", f"nodes {{ {everything(kinds, 'InventoryItem', 2)} }}"),
        ("locations(first: 1)", f"nodes {{ {everything(kinds, 'Location', 1)} }}"),
        ("currentAppInstallation", everything(kinds, "AppInstallation", 2)),
        ("inventoryProperties", everything(kinds, "InventoryProperties", 2)),
        ("publicApiVersions", everything(kinds, "ApiVersion", 1)),
    ):
        shop.data(f"{{ {root} {{ {selection} }} }}")


FIELD = """fragment F on __Field { name args { name type { kind } }
  type { ...T ofType { ...T ofType { ...T ofType { ...T } } } } } fragment T on __Type { name kind }"""


def everything(kinds: dict[str, Any], name: str, depth: int) -> str:
    """All fields without mandatory arguments, objects below down to a depth."""
    asked = []
    for field in kinds[name]["fields"] or ():
        kind = field["type"]
        while kind.get("ofType"):
            kind = kind["ofType"]
        if any(one["type"]["kind"] == "NON_NULL" for one in field["args"]):
            continue
        pages = "(first: 1)" if any(one["name"] == "first" for one in field["args"]) else ""
        if kind["kind"] in ("SCALAR", "ENUM"):
            asked.append(field["name"] + pages)
        elif depth and kind["kind"] == "OBJECT":
            below = everything(kinds, kind["name"], depth - 1)
            if below:
                asked.append(f"{field['name']}{pages} {{ {below} }}")
    return " ".join(asked)
