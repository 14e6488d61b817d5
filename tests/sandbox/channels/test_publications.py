"""Products are published and taken back, with the service's words for what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from house.sandbox import Sandbox
from tests.sandbox.sizes import product_set

LIST = "{ publications(first: 9) { nodes { id catalog { title } } } }"
PUBLISH = """mutation ($id: ID!, $input: [PublicationInput!]!) { %s(id: $id, input: $input) {
  publishable { resourcePublicationsCount { count } } userErrors { field message } } }"""


def ask(sandbox: Sandbox, name: str, product: str, *publications: str) -> dict[str, Any]:
    given = [{"publicationId": one} for one in publications]
    found: dict[str, Any] = sandbox.data(PUBLISH % name, {"id": product, "input": given})[name]
    return found


def test_a_product_is_published_once_and_taken_back(shared: Sandbox) -> None:
    channels = {n["catalog"]["title"]: n["id"] for n in shared.data(LIST)["publications"]["nodes"]}
    online = channels["Online Store"]
    product = product_set(shared, title="Published")["product"]["id"]
    for _ in range(2):
        done = ask(shared, "publishablePublish", product, online)
        assert done == {"publishable": {"resourcePublicationsCount": {"count": 1}}, "userErrors": []}
    done = ask(shared, "publishableUnpublish", product, online)
    assert done == {"publishable": {"resourcePublicationsCount": {"count": 0}}, "userErrors": []}


@pytest.mark.parametrize(
    ("wanted", "field", "message"),
    [
        (["gid://shopify/Publication/1"], ["input", "0", "publicationId"],
         "Publication does not exist or is not publishable"),
        (["online", "online"], ["input", "1", "publicationId"], "The same publication was specified more than once"),
    ],
)  # fmt: skip
def test_what_cannot_be_published_is_told(shared: Sandbox, wanted: list[str], field: list[str], message: str) -> None:
    online = shared.data(LIST)["publications"]["nodes"][0]["id"]
    product = product_set(shared, title="Unpublished")["product"]["id"]
    done = ask(shared, "publishablePublish", product, *(online if one == "online" else one for one in wanted))
    assert done["userErrors"] == [{"field": field, "message": message}]


def test_a_product_that_is_not_there_is_told(shared: Sandbox) -> None:
    done = ask(shared, "publishablePublish", "gid://shopify/Product/404")
    assert done == {"publishable": None, "userErrors": [{"field": ["id"], "message": "Resource does not exist"}]}
