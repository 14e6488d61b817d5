"""Making and changing products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from house.sandbox import Sandbox
from tests.sandbox.sizes import product_set, sizes

Start = Callable[..., Sandbox]

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
    ],
)
def test_product_set_says_what_is_wrong(
    shared: Sandbox, identifier: Any, given: dict[str, Any], field: list[str], code: str | None
) -> None:
    payload = product_set(shared, identifier, **given)
    assert payload["product"] is None
    assert payload["userErrors"][0]["field"] == field
    assert code is None or payload["userErrors"][0]["code"] == code
