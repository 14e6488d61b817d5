"""Variants, made and deleted many at a time."""

from __future__ import annotations

from typing import Any

import pytest

from house.sandbox import Sandbox
from tests.sandbox.sizes import product_set, sizes


def test_variants_are_made_all_or_none(shared: Sandbox) -> None:
    product = product_set(shared, **sizes("S", title="Batch"))["product"]["id"]
    text = """mutation ($id: ID!, $variants: [ProductVariantsBulkInput!]!) {
      productVariantsBulkCreate(productId: $id, variants: $variants) {
        productVariants { title } userErrors { field code } } }"""

    def create(*names: str, **more: Any) -> dict[str, Any]:
        values = [{"optionValues": [{"optionName": "Size", "name": name}], **more} for name in names]
        return dict(shared.data(text, {"id": product, "variants": values})["productVariantsBulkCreate"])

    payload = create("M", "S")
    field, code = ["variants", "1"], "VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE"
    assert payload["userErrors"] == [{"field": field, "code": code}]
    assert create("M", price="-1")["userErrors"][0]["code"] == "GREATER_THAN_OR_EQUAL_TO"
    assert create("M", "L")["productVariants"] == [{"title": "M"}, {"title": "L"}]


MISSING = {kind: f"gid://shopify/{kind}/999999999999999999" for kind in ("Product", "ProductVariant", "Location")}
BLUE_LARGE = [{"optionName": "Color", "name": "Blue"}, {"optionName": "Size", "name": "Large"}]
BULK_CREATE = """mutation ($id: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkCreate(productId: $id, variants: $variants) {
    product { id } productVariants { id inventoryItem { tracked } } userErrors { field message code } } }"""
BULK_UPDATE = BULK_CREATE.replace("BulkCreate", "BulkUpdate")


@pytest.fixture(scope="module")
def colored(shared: Sandbox) -> dict[str, str]:
    """A product of the options Color and Size, with its one variant, Red / Small."""
    options = [{"name": name, "values": [{"name": value}]} for name, value in (("Color", "Red"), ("Size", "Small"))]
    values = [{"optionName": "Color", "name": "Red"}, {"optionName": "Size", "name": "Small"}]
    made = product_set(shared, title="Colored", productOptions=options, variants=[{"optionValues": values}])["product"]
    return {"product": made["id"], "variant": made["variants"]["nodes"][0]["id"]}


def test_variants_made_in_bulk_are_tracked_unless_the_input_says_otherwise(shared: Sandbox) -> None:
    product = product_set(shared, **sizes("S", title="Tracked"))["product"]["id"]
    values = [{"optionValues": [{"optionName": "Size", "name": name}]} for name in ("M", "L")]
    variants = [values[0], {**values[1], "inventoryItem": {"tracked": False}}]
    payload = shared.data(BULK_CREATE, {"id": product, "variants": variants})["productVariantsBulkCreate"]
    assert [one["inventoryItem"]["tracked"] for one in payload["productVariants"]] == [True, False]


@pytest.mark.parametrize(
    ("variant", "field", "message", "code"),
    [
        (
            {"optionValues": [{"optionName": "Color", "name": "Blue"}, {"optionName": "Color", "name": "Red"}]},
            ["optionValues"],
            "Duplicated option name 'Color'",
            "INVALID_INPUT",
        ),
        ({"optionValues": BLUE_LARGE[:1]}, [], "You need to add option values for Size", "NEED_TO_ADD_OPTION_VALUES"),
        (
            {"optionValues": [{"optionName": "Material", "name": "Cotton"}]},
            ["optionValues", "0"],
            "Option does not exist",
            "INVALID_INPUT",
        ),
        (
            {
                "optionValues": BLUE_LARGE,
                "inventoryQuantities": [{"availableQuantity": 5, "locationId": MISSING["Location"]}],
            },
            ["inventoryQuantities"],
            "Quantity for Blue / Large couldn't be set because the location was deleted.",
            "TRACKED_VARIANT_LOCATION_NOT_FOUND",
        ),
        (
            {"optionValues": BLUE_LARGE, "price": "-1"},
            ["price"],
            "Price must be greater than or equal to 0",
            "GREATER_THAN_OR_EQUAL_TO",
        ),
    ],
)
def test_a_refused_creation_shows_neither_product_nor_variants(
    shared: Sandbox, colored: dict[str, str], variant: dict[str, Any], field: list[str], message: str, code: str
) -> None:
    payload = shared.data(BULK_CREATE, {"id": colored["product"], "variants": [variant]})["productVariantsBulkCreate"]
    error = {"field": ["variants", "0", *field], "message": message, "code": code}
    assert payload == {"product": None, "productVariants": [], "userErrors": [error]}


def test_no_variants_are_no_mistake(shared: Sandbox, colored: dict[str, str]) -> None:
    gone = {"field": ["productId"], "message": "Product does not exist", "code": "PRODUCT_DOES_NOT_EXIST"}
    nobody = {"id": MISSING["Product"], "variants": []}
    nothing = {"id": colored["product"], "variants": []}
    shown = {"id": colored["product"]}
    for text, name, none in (
        (BULK_CREATE, "productVariantsBulkCreate", []),
        (BULK_UPDATE, "productVariantsBulkUpdate", None),
    ):
        assert shared.data(text, nobody)[name] == {"product": None, "productVariants": none, "userErrors": [gone]}
        assert shared.data(text, nothing)[name] == {"product": shown, "productVariants": [], "userErrors": []}


@pytest.mark.parametrize(
    ("bad", "field", "message", "code"),
    [
        ({}, ["id"], "Product variant is missing ID attribute", "PRODUCT_VARIANT_ID_MISSING"),
        (
            {"id": MISSING["ProductVariant"]},
            ["id"],
            "Product variant does not exist",
            "PRODUCT_VARIANT_DOES_NOT_EXIST",
        ),
        (
            {"id": "colored", "optionValues": [{"optionName": "Material", "name": "Cotton"}]},
            ["optionValues", "0"],
            "Option does not exist",
            "OPTION_DOES_NOT_EXIST",
        ),
    ],
)
def test_a_refused_update_shows_the_product_without_variants(
    shared: Sandbox, colored: dict[str, str], bad: dict[str, Any], field: list[str], message: str, code: str
) -> None:
    good = {"id": colored["variant"], "price": "9.00"}
    variants = [good, {**bad, "id": colored["variant"]} if bad.get("id") == "colored" else bad]
    payload = shared.data(BULK_UPDATE, {"id": colored["product"], "variants": variants})["productVariantsBulkUpdate"]
    error = {"field": ["variants", "1", *field], "message": message, "code": code}
    assert payload == {"product": {"id": colored["product"]}, "productVariants": None, "userErrors": [error]}


def test_a_refused_deletion_shows_no_product(shared: Sandbox, colored: dict[str, str]) -> None:
    text = """mutation ($id: ID!, $ids: [ID!]!) { productVariantsBulkDelete(productId: $id, variantsIds: $ids) {
      product { id } userErrors { field message code } } }"""
    ids = [colored["variant"], MISSING["ProductVariant"]]
    payload = shared.data(text, {"id": colored["product"], "ids": ids})["productVariantsBulkDelete"]
    message, code = "At least one variant does not belong to the product", "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO"
    error = {"field": ["variantsIds", "1"], "message": message, "code": f"{code}_THE_PRODUCT"}
    assert payload == {"product": None, "userErrors": [error]}


def test_an_option_s_name_has_no_delimiter(shared: Sandbox, colored: dict[str, str]) -> None:
    text = """mutation ($id: ID!, $options: [OptionCreateInput!]!) {
      productOptionsCreate(productId: $id, options: $options) {
        product { id } userErrors { field message code } } }"""
    options = [{"name": "Fit / Cut", "values": [{"name": "Slim"}]}]
    payload = shared.data(text, {"id": colored["product"], "options": options})["productOptionsCreate"]
    message = "The name contains unsupported sequence ' / '"
    error = {"field": ["options", "0", "name"], "message": message, "code": "INVALID_NAME"}
    assert payload == {"product": {"id": colored["product"]}, "userErrors": [error]}


def test_the_last_variant_stays(shared: Sandbox) -> None:
    product = product_set(shared, **sizes("S", "M", title="Last"))["product"]
    ids = [one["id"] for one in product["variants"]["nodes"]]
    text = """mutation ($id: ID!, $ids: [ID!]!) { productVariantsBulkDelete(productId: $id, variantsIds: $ids) {
      product { id } userErrors { code } } }"""
    outcomes = [
        shared.data(text, {"id": product["id"], "ids": some})["productVariantsBulkDelete"]["userErrors"]
        for some in (ids, ids[:1], ids[1:])
    ]
    last = [{"code": "CANNOT_DELETE_LAST_VARIANT"}]
    assert outcomes == [last, [], last]
