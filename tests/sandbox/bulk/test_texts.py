"""Which texts are taken; the words of refusals are those of recordings, as far as there are some."""

from __future__ import annotations

import pytest

from house.sandbox import Sandbox
from tests.sandbox.bulk.operations import ended, run_mutation, run_query, upload

NODES = (
    "All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: "
    "'products { edges { node {'. Selecting via 'nodes' is not supported. Invalid connection fields: 'products'."
)
WITHOUT_ID = (
    "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' "
    "return type. Connection fields without 'id': {}."
)
TOP = "Bulk queries cannot contain a top level `{}` field."
NONE = "Bulk queries must contain at least one connection."
MANY = "Bulk queries cannot contain more than 5 connections."
DEEP = "Bulk queries cannot contain connections with a nesting depth greater than 2."
LIST = "Queries that contain a connection field within a list field are not currently supported."
KIND = "Invalid operation type. Only `query` operations are supported."
UNKNOWN = "Invalid bulk query: Field 'colour' doesn't exist on type 'Product'"
END = "Invalid bulk query: syntax error, unexpected end of file"
VARIABLE = "Invalid bulk query: Variable $query of type String! was provided invalid value"


def rows(name: str, *below: str) -> str:
    """A connection and what is asked of its nodes."""
    return f"{name} {{ edges {{ node {{ {' '.join(below)} }} }} }}"


OF_PRODUCTS = [rows(name, "__typename") for name in ("variants", "metafields", "collections", "media")]
DELETE = 'productDelete(input: {id: "gid://shopify/Product/1"}) { deletedProductId }'
LEVELS = rows("inventoryLevels", "id")


@pytest.mark.parametrize(
    ("query", "messages"),
    [
        ("{ products { nodes { id } } }", [NODES]),
        ('{ node(id: "gid://shopify/Product/1") { id } }', [TOP.format("node"), NONE]),
        (f"{{ nodes(ids: []) {{ id }} {rows('products', 'id')} }}", [TOP.format("nodes")]),
        ("{ shop { id } }", [NONE]),
        (f"{{ {rows('products', 'id', *OF_PRODUCTS, rows('resourcePublicationsV2', '__typename'))} }}", [MANY]),
        (
            f"{{ {rows('collections', 'id', rows('products', 'id', rows('variants', 'id', rows('media', 'id'))))} }}",
            [DEEP],
        ),
        (f"{{ {rows('products', 'title', rows('variants', 'id'))} }}", [WITHOUT_ID.format("products")]),
        (f"{{ {rows('products', 'number: id', rows('variants', 'id'))} }}", [WITHOUT_ID.format("products")]),
        (
            f"{{ {rows('productVariants', 'sku', f'inventoryItem {{ id {LEVELS} }}')} }}",
            [WITHOUT_ID.format("productVariants")],
        ),
        (f"{{ shop {{ fulfillmentServices {{ location {{ {LEVELS} }} }} }} }}", [LIST]),
        (f"mutation {{ {DELETE} }}", [KIND]),
        (f"{{ {rows('products', 'id', 'colour')} }}", [UNKNOWN]),
        (f"query ($query: String!) {{ {rows('products(query: $query)', 'id')} }}", [VARIABLE]),
        ("", [END]),
        ("{ products { edges", [f"{END} at [1, 14]"]),
        ("{ products } }", ["Invalid bulk query: syntax error, unexpected BRACE_R ('}') at [1, 14]"]),
    ],
)
def test_a_query_that_cannot_run_in_bulk_is_told_why(shop: Sandbox, query: str, messages: list[str]) -> None:
    payload = run_query(shop, query)
    wanted = [{"field": ["query"], "message": message, "code": "INVALID"} for message in messages]
    assert payload == {"bulkOperation": None, "userErrors": wanted}


@pytest.mark.parametrize(
    "query",
    [
        f"{{ {rows('products', 'id', *OF_PRODUCTS)} }}",
        f"{{ {rows('collections', 'id', rows('products', 'id', rows('variants', 'id')))} }}",
        f"{{ {rows('products', 'title')} {rows('locations', 'name')} }}",
    ],
    ids=["five connections", "two below the first", "two side by side"],
)
def test_what_lies_within_the_limits_runs(shop: Sandbox, query: str) -> None:
    assert ended(shop, run_query(shop, query))["status"] == "COMPLETED"


def test_the_text_is_kept_as_it_was_sent(shop: Sandbox) -> None:
    query = f"#mark 17\n\n  {{ {rows('locations', 'id')} }}  # äöü"
    assert ended(shop, run_query(shop, query))["query"] == query


@pytest.mark.parametrize("letter", ["x", "ä"])
def test_a_query_has_65535_bytes_at_most(shop: Sandbox, letter: str) -> None:
    query = f"{{ {rows('locations', 'id')} }} #"
    room = (65_535 - len(query)) // len(letter.encode())
    assert ended(shop, run_query(shop, query + letter * room))["status"] == "COMPLETED"
    payload = run_query(shop, query + letter * (room + 1))
    size = len((query + letter * (room + 1)).encode())
    assert [one["message"] for one in payload["userErrors"]] == [
        f"Query is too large ({size} bytes; maximum is 65535 bytes)"
    ]


CALL = """mutation call($product: ProductCreateInput!) { productCreate(product: $product) {
  product { id title %s } userErrors { field message } } }"""
ONE, TWO = "variants(first: 1) { nodes { id } }", "media(first: 1) { nodes { id } }"
NESTED = "variants(first: 1) { nodes { id media(first: 1) { nodes { id } } } }"
STARTS = """mutation Probe($mutation: String!, $path: String!) {
  bulkOperationRunMutation(mutation: $mutation, stagedUploadPath: $path) { bulkOperation { id } } }"""
MANY_ROOTS = f"mutation {{ a: {DELETE} b: {DELETE} }}"


@pytest.mark.parametrize(
    ("mutation", "field", "message", "code"),
    [
        (
            "mutation { not real syntax",
            None,
            "Failed to parse the mutation - syntax error, unexpected end of file at [1, 21]",
            "INVALID_MUTATION",
        ),
        (STARTS, ["mutation"], "You must use an allowed mutation name.", None),
        (MANY_ROOTS, ["mutation"], "You must specify a single top level mutation.", None),
        (CALL % f"{ONE} {TWO}", ["mutation"], "Bulk mutations cannot contain more than 1 connection.", None),
        (CALL % NESTED, ["mutation"], "Bulk mutations cannot contain more than 1 connection.", None),
        (
            "{ shop { id } }",
            None,
            "Invalid operation type. Only `mutation` operations are supported.",
            "INVALID_MUTATION",
        ),
    ],
)
def test_a_mutation_that_cannot_run_in_bulk_is_told_why(
    shop: Sandbox, mutation: str, field: list[str] | None, message: str, code: str | None
) -> None:
    """Before its file is looked at."""
    payload = run_mutation(shop, mutation, "nowhere")
    wanted = {"field": field, "message": message, "code": code}
    assert payload == {"bulkOperation": None, "userErrors": [wanted]}


def test_a_mutation_may_have_one_connection(shop: Sandbox) -> None:
    payload = run_mutation(shop, CALL % ONE, upload(shop, b"\n"))
    assert ended(shop, payload)["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("client", "message"),
    [
        ("x" * 9, "is too short (minimum is 10 characters)"),
        ("x" * 256, "is too long (maximum is 255 characters)"),
        ("x" * 10, None),
        ("x" * 255, None),
    ],
)
def test_a_clients_identifier_has_10_to_255_characters(shop: Sandbox, client: str, message: str | None) -> None:
    payload = run_mutation(shop, CALL % "", upload(shop, b"\n"), client)
    wanted = {"field": ["clientIdentifier"], "message": message, "code": "INVALID_MUTATION"}
    assert payload["userErrors"] == ([wanted] if message else [])
