"""Variants, made and deleted many at a time."""

from __future__ import annotations

from typing import Any

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
