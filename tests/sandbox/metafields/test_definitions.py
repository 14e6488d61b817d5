"""Definitions of metafields, and the custom ids that they make possible."""

from __future__ import annotations

from typing import Any

import pytest

from house.sandbox import Sandbox
from tests.sandbox.sizes import product_set

CREATE = """mutation ($given: MetafieldDefinitionInput!) { metafieldDefinitionCreate(definition: $given) {
  createdDefinition { id namespace key type { name } capabilities { uniqueValues { enabled } } }
  userErrors { field message code } } }"""
DELETE = """mutation ($id: ID!) { metafieldDefinitionDelete(id: $id) { deletedDefinitionId userErrors { code } } }"""
BY = """query ($by: ProductIdentifierInput!) { productByIdentifier(identifier: $by) {
  id metafields(first: 9) { nodes { key } } } }"""


def define(sandbox: Sandbox, key: str, **more: Any) -> dict[str, Any]:
    given = {"namespace": "tests", "key": key, "name": key, "type": "id", "ownerType": "PRODUCT", **more}
    found: dict[str, Any] = sandbox.data(CREATE, {"given": given})["metafieldDefinitionCreate"]
    return found


def test_a_definition_is_made_once_and_deleted(shared: Sandbox) -> None:
    made = define(shared, "once")["createdDefinition"]
    assert (made["type"], made["capabilities"]) == ({"name": "id"}, {"uniqueValues": {"enabled": True}})
    again = define(shared, "once")
    assert again["createdDefinition"] is None
    assert [e["code"] for e in again["userErrors"]] == ["TAKEN"]
    for codes in ([], ["NOT_FOUND"]):
        done = shared.data(DELETE, {"id": made["id"]})["metafieldDefinitionDelete"]
        assert [e["code"] for e in done["userErrors"]] == codes


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"key": "k"}, "TOO_SHORT"), ({"namespace": "n" * 256}, "TOO_LONG"), ({"type": "thing"}, "INCLUSION"),
        ({"capabilities": {"uniqueValues": {"enabled": False}}}, "CAPABILITY_REQUIRED_BUT_DISABLED"),
    ],
)  # fmt: skip
def test_a_definition_that_cannot_be_is_told(shared: Sandbox, more: dict[str, Any], code: str) -> None:
    assert [e["code"] for e in define(shared, **{"key": "bad", **more})["userErrors"]] == [code]


def test_a_custom_id_finds_its_product_and_is_set_by_being_asked_for(shared: Sandbox) -> None:
    define(shared, "found")
    custom = {"namespace": "tests", "key": "found", "value": "7"}
    made = product_set(shared, {"customId": custom}, title="Custom")["product"]["id"]
    found = shared.data(BY, {"by": {"customId": custom}})["productByIdentifier"]
    assert found == {"id": made, "metafields": {"nodes": [{"key": "found"}]}}
    # A list that is given is the whole list.
    fields = [{"namespace": "tests", "key": "other", "type": "single_line_text_field", "value": "x"},
              {**custom, "type": "id"}]  # fmt: skip
    product_set(shared, {"customId": custom}, title="Custom", metafields=fields)
    product_set(shared, {"customId": custom}, title="Custom", metafields=fields[1:])
    found = shared.data(BY, {"by": {"customId": custom}})["productByIdentifier"]
    assert [n["key"] for n in found["metafields"]["nodes"]] == ["found"]
