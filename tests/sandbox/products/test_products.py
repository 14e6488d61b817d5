"""Making and changing products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from house.process import HouseError
from house.sandbox import Sandbox
from tests.sandbox.sizes import product_set, sizes

Start = Callable[..., Sandbox]

SIZE = [{"name": "Size", "values": [{"name": "S"}]}]
NO_URL = [{"originalSource": "not-a-url"}]
DEFINE = """mutation ($given: MetafieldDefinitionInput!) { metafieldDefinitionCreate(definition: $given) {
  userErrors { message } } }"""
MISSING = "gid://shopify/Product/404"
CREATE = """mutation ($product: ProductCreateInput!) { productCreate(product: $product) {
  product { id handle variants(first: 9) { nodes { id title inventoryItem { id tracked
    inventoryLevels(first: 9) { nodes { location { name } } } } } } } userErrors { field message } } }"""


def test_a_created_product_has_one_untracked_variant_at_the_first_location(shared: Sandbox) -> None:
    options = [{"name": "Size", "values": [{"name": "S"}, {"name": "M"}]}]
    payload = shared.data(CREATE, {"product": {"title": "Plain", "productOptions": options}})["productCreate"]
    (variant,) = payload["product"]["variants"]["nodes"]
    assert (variant["title"], variant["inventoryItem"]["tracked"]) == ("S", False)
    assert variant["inventoryItem"]["inventoryLevels"]["nodes"] == [{"location": {"name": "Main"}}]


def test_handles_are_derived_and_numbered(shared: Sandbox) -> None:
    made = [shared.data(CREATE, {"product": {"title": "Très Chic!"}}) for _ in range(3)]
    handles = [one["productCreate"]["product"]["handle"] for one in made]
    assert handles == ["très-chic", "très-chic-1", "très-chic-2"]


def test_product_set_replaces_the_list_of_variants_and_keeps_those_that_match(shared: Sandbox) -> None:
    first = product_set(shared, **sizes("S", "M", title="Swap"))["product"]
    small = first["variants"]["nodes"][0]
    second = product_set(shared, {"id": first["id"]}, **sizes("L", "S", title="Swap"))["product"]
    assert [one["title"] for one in second["variants"]["nodes"]] == ["L", "S"]
    assert second["variants"]["nodes"][1] == small
    assert "Swap-M" not in shared.available()


def test_product_set_makes_or_changes_by_handle_and_by_custom_id(shared: Sandbox) -> None:
    given = {"title": "By handle", "handle": "by-handle"}
    made = [product_set(shared, {"handle": "by-handle"}, **given)["product"] for _ in range(2)]
    assert made[0] == made[1]
    custom = {"namespace": "wms", "key": "style", "value": "7"}
    with pytest.raises(HouseError, match="Metafield definition of type 'id' is required"):
        product_set(shared, {"customId": custom}, title="Custom")
    definition = {"namespace": "wms", "key": "style", "type": "id", "name": "Style", "ownerType": "PRODUCT"}
    shared.data(DEFINE, {"given": definition})
    fields = [{**custom, "type": "id"}]
    made = [product_set(shared, {"customId": custom}, title="Custom", metafields=fields)["product"] for _ in range(2)]
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
        (None, {"title": "X", "productOptions": SIZE}, ["input", "variants"], "VARIANTS_INPUT_MISSING"),
        (None, {"title": "X", "productOptions": SIZE, "variants": []}, ["input", "variants"], "VARIANTS_INPUT_MISSING"),
        (None, {"title": "X", "vendor": "v" * 256}, ["input"], "INVALID_INPUT"),
        (None, {"title": "X", "tags": ["t" * 256]}, ["input"], "INVALID_INPUT"),
        (None, {"title": "X", "files": NO_URL}, ["input", "files", "0", "originalSource"], "INVALID_INPUT"),
    ],
)
def test_product_set_says_what_is_wrong(
    shared: Sandbox, identifier: Any, given: dict[str, Any], field: list[str], code: str | None
) -> None:
    payload = product_set(shared, identifier, **given)
    assert payload["product"] is None
    assert payload["userErrors"][0]["field"] == field
    assert code is None or payload["userErrors"][0]["code"] == code


def test_options_without_variants_make_no_product(shared: Sandbox) -> None:
    payload = product_set(shared, title="Optionless", productOptions=SIZE)
    message = "Variants input is required when updating product options"
    error = {"field": ["input", "variants"], "message": message, "code": "VARIANTS_INPUT_MISSING"}
    assert payload == {"product": None, "userErrors": [error]}
    found = shared.data('{ productByIdentifier(identifier: {handle: "optionless"}) { id } }')
    assert found == {"productByIdentifier": None}


LONG = "is too long (maximum is 255 characters)"


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"vendor": "v" * 256}, [(["vendor"], f"Vendor {LONG}")]),
        (
            {"productType": "p" * 256},
            [(["productType"], f"Product type {LONG}"), (["customProductType"], f"Custom product type {LONG}")],
        ),
        ({"tags": ["t" * 256]}, [(["tags"], "Product tags is invalid")]),
        (
            {"productOptions": [{"name": "Color / Shade", "values": [{"name": "Red"}]}]},
            [(["options"], 'Name cannot contain the character sequence " / "')],
        ),
    ],
)
def test_values_that_no_product_has_are_refused(shared: Sandbox, given: dict[str, Any], errors: list[Any]) -> None:
    payload = shared.data(CREATE, {"product": {"title": "Refused", **given}})["productCreate"]
    assert payload["product"] is None
    assert [(one["field"], one["message"]) for one in payload["userErrors"]] == errors


def test_a_product_that_cannot_be_changed_is_shown_as_it_is(shared: Sandbox) -> None:
    made = shared.data(CREATE, {"product": {"title": "Kept", "tags": ["Red"]}})["productCreate"]["product"]
    text = """mutation ($product: ProductUpdateInput!) { productUpdate(product: $product) {
      product { tags vendor } userErrors { field message } } }"""
    payload = shared.data(text, {"product": {"id": made["id"], "tags": ["x" * 256]}})["productUpdate"]
    error = {"field": ["tags"], "message": "Product tags is invalid"}
    assert payload == {"product": {"tags": ["Red"], "vendor": "demo"}, "userErrors": [error]}


def test_nobody_chooses_a_new_product_s_id(shared: Sandbox) -> None:
    text = """mutation ($input: ProductInput!) { productCreate(input: $input) {
      product { id } userErrors { field message } } }"""
    payload = shared.data(text, {"input": {"id": MISSING, "title": ""}})["productCreate"]
    error = {"field": ["input"], "message": "id cannot be specified during creation"}
    assert payload == {"product": None, "userErrors": [error]}


def test_a_category_that_the_taxonomy_lacks_ends_the_mutation(shared: Sandbox) -> None:
    for category, refused in (("zz-999999999", True), ("aa-1-1", False)):
        given = {"title": "Sorted", "category": f"gid://shopify/TaxonomyCategory/{category}"}
        body = shared.query(CREATE, {"product": given})
        assert (body["data"]["productCreate"] is None) is refused
        if refused:
            assert body["errors"][0]["message"] == "Invalid product_taxonomy_node_id"
            assert body["errors"][0]["extensions"] == {"code": "INVALID_PRODUCT_TAXONOMY_NODE_ID"}
