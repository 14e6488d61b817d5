"""What a bulk query writes: which rows, in which order, and what is counted of them."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable

from house.sandbox import Sandbox
from sandbox.bulk.lines import line_of, printed
from tests.sandbox.bulk.conftest import PRODUCTS
from tests.sandbox.bulk.operations import ended, poll, read, rows_of, run_query, text_of, until
from tests.sandbox.conftest import Shelf
from tests.sandbox.recording import load, needs_recordings

PRODUCTS_ONLY = "{ products { edges { node { id title } } } }"
VARIANTS = "{ products { edges { node { id variants { edges { node { id sku } } } } } } }"
LEVELS = """{ productVariants { edges { node { id inventoryItem { id inventoryLevels { edges { node {
  id location { id } quantities(names: ["available"]) { name quantity } } } } } } } } }"""


def test_every_node_of_a_connection_is_a_line(shop: Sandbox) -> None:
    rows = read(shop, PRODUCTS_ONLY)
    paged = shop.data("{ products(first: 250, sortKey: ID) { nodes { id title } } }")["products"]["nodes"]
    assert rows == paged
    assert len(rows) == PRODUCTS


def test_a_nested_node_names_its_parent(shop: Sandbox) -> None:
    rows = read(shop, VARIANTS)
    parents = [row["id"] for row in rows if "__parentId" not in row]
    children = [(row["id"], row["__parentId"]) for row in rows if "__parentId" in row]
    paged = "{ productVariants(first: 250, sortKey: ID) { nodes { id product { id } } } }"
    wanted = shop.data(paged)["productVariants"]["nodes"]
    assert sorted(children) == sorted((one["id"], one["product"]["id"]) for one in wanted)
    assert len(parents) == PRODUCTS


def test_below_an_object_the_parent_is_the_nearest_node(shop: Sandbox) -> None:
    rows = read(shop, LEVELS)
    variants = {row["id"]: row for row in rows if "__parentId" not in row}
    levels = [row for row in rows if "__parentId" in row]
    assert len(levels) == 2 * len(variants) == 4 * PRODUCTS
    for row in levels:
        item = variants[row["__parentId"]]["inventoryItem"]
        assert row["id"].endswith(item["id"].rpartition("/")[2])
        assert row["quantities"][0]["name"] == "available"
    assert all(row["inventoryItem"].keys() == {"id"} for row in variants.values())


def test_children_come_after_their_parents_and_not_at_once(shop: Sandbox) -> None:
    rows = read(shop, VARIANTS)
    seen: set[str] = set()
    for row in rows:
        assert row.get("__parentId", row["id"]) in seen | {row["id"]}
        seen.add(row["id"])
    assert "__parentId" not in rows[1]


def test_grouped_children_follow_their_parent_at_once(shop: Sandbox) -> None:
    rows = read(shop, VARIANTS, grouped=True)
    for at in range(0, len(rows), 3):
        parent, *children = rows[at : at + 3]
        assert [one["__parentId"] for one in children] == [parent["id"]] * 2
    assert sorted(map(json.dumps, rows)) == sorted(map(json.dumps, read(shop, VARIANTS)))


def test_pages_and_cursors_mean_nothing(shop: Sandbox) -> None:
    query = """{ products(first: 2) { pageInfo { hasNextPage } edges { cursor node {
      id variants(last: 1) { edges { node { id } } } } } } }"""
    rows = read(shop, query)
    assert len(rows) == 3 * PRODUCTS
    assert all(row.keys() <= {"id", "__parentId"} for row in rows)


def test_a_search_and_an_order_count(shop: Sandbox) -> None:
    skus = [row["sku"] for row in read(shop, "{ productVariants { edges { node { sku } } } }")]
    wanted = f'{{ productVariants(query: "sku:{skus[7]}") {{ edges {{ node {{ sku }} }} }} }}'
    assert read(shop, wanted) == [{"sku": skus[7]}]
    backwards = "{ productVariants(reverse: true) { edges { node { sku } } } }"
    assert [row["sku"] for row in read(shop, backwards)] == skus[::-1]


def test_names_fragments_and_types_are_those_of_the_query(shop: Sandbox) -> None:
    query = """query Named { products { edges { node { __typename ...Rest number: id
      first: variantsCount { count } } } } }
      fragment Rest on Node { id ... on Product { title @skip(if: true) handle } }"""
    row = read(shop, query)[0]
    assert list(row) == ["__typename", "id", "handle", "number", "first"]
    assert (row["__typename"], row["number"], row["first"]) == ("Product", row["id"], {"count": 2})


def test_what_belongs_to_several_types_is_told_apart(shelf: Shelf) -> None:
    sandbox, product = shelf.sandbox, shelf.product
    update = """mutation ($id: ID!) { productUpdate(product: {id: $id}, media: [
      {originalSource: "https://example.com/a.png", mediaContentType: IMAGE}]) { userErrors { message } } }"""
    sandbox.data(update, {"id": product})
    media = "media { edges { node { mediaContentType ... on MediaImage { id } } } }"
    rows = read(sandbox, f"{{ products {{ edges {{ node {{ id {media} }} }} }} }}")
    (image,) = [row for row in rows if row.get("__parentId") == product]
    assert image.keys() == {"mediaContentType", "id", "__parentId"}
    assert image["id"].startswith("gid://shopify/MediaImage/")


def test_counters_and_size_are_texts_of_the_whole(shop: Sandbox) -> None:
    operation = ended(shop, run_query(shop, VARIANTS))
    text = text_of(shop, operation["url"])
    assert operation["objectCount"] == str(3 * PRODUCTS) == str(len(text.splitlines()))
    assert operation["rootObjectCount"] == str(PRODUCTS)
    assert operation["fileSize"] == str(len(text.encode()))
    assert operation["completedAt"] >= operation["createdAt"]
    assert text.endswith("}\n")


def test_the_result_is_served_as_lines_of_json(shop: Sandbox) -> None:
    operation = ended(shop, run_query(shop, PRODUCTS_ONLY))
    answer = shop.http.get(operation["url"])
    assert answer.headers["content-type"] == "application/jsonl"
    assert answer.headers["content-length"] == operation["fileSize"]


def test_slashes_and_what_html_could_take_for_its_own_are_escaped(writable: Sandbox) -> None:
    title = f'A/B & <C> "Ä" {uuid.uuid4()}'
    made = writable.control("POST", "/products", {"products": [{"title": title}]})["products"][0]["id"]
    query = f'{{ products(query: "id:{made.rpartition("/")[2]}") {{ edges {{ node {{ id title }} }} }} }}'
    operation = ended(writable, run_query(writable, query))
    (line,) = text_of(writable, operation["url"]).splitlines()
    assert r'"title":"A\/B \u0026 \u003cC\u003e \"Ä\" ' in line
    assert line.startswith(r'{"id":"gid:\/\/shopify\/Product\/')
    assert rows_of(line) == [{"id": made, "title": title}]


@needs_recordings
def test_recorded_rows_are_printed_to_the_byte() -> None:
    for run in load("bulk-operation-run-query-group-objects")["runs"].values():
        recorded = run["result"]
        assert len(printed([line_of(row) for row in recorded["records"]])) == recorded["byteLength"]


def test_without_rows_there_is_no_file(shop: Sandbox) -> None:
    operation = ended(shop, run_query(shop, '{ products(query: "title:nowhere") { edges { node { id } } } }'))
    nothing = {"status": "COMPLETED", "objectCount": "0", "url": None, "fileSize": None, "partialDataUrl": None}
    assert {name: operation[name] for name in nothing} == nothing


def test_the_shop_is_read_as_it_is_when_the_query_runs(shop: Sandbox) -> None:
    payload = run_query(shop, '{ productVariants(query: "sku:LATE-1") { edges { node { sku } } } }')
    made = shop.control("POST", "/products", {"products": [{"title": "Late", "variants": [{"sku": "LATE-1"}]}]})
    operation = ended(shop, payload)
    shop.control("DELETE", f"/products/{made['products'][0]['id'].rpartition('/')[2]}")
    assert payload["bulkOperation"]["status"] == "CREATED"
    assert rows_of(text_of(shop, operation["url"])) == [{"sku": "LATE-1"}]


def test_a_scope_that_is_missing_fails_the_operation(start: Callable[..., Sandbox]) -> None:
    sandbox = start("--products", "2", "--scopes", "read_products", "--unlimited")
    operation = ended(sandbox, run_query(sandbox, LEVELS))
    assert (operation["status"], operation["errorCode"]) == ("FAILED", "ACCESS_DENIED")
    assert operation["completedAt"] is None
    partial = rows_of(text_of(sandbox, operation["partialDataUrl"]))
    assert len(partial) == int(operation["objectCount"]) == 2


def test_what_is_removed_while_it_runs_is_not_read_any_more(start: Callable[..., Sandbox]) -> None:
    sandbox = start("--products", "3000", "--unlimited")
    last = sandbox.data("{ products(last: 1, sortKey: ID) { nodes { id } } }")["products"]["nodes"][0]["id"]
    sandbox.fault("bulk_slow", seconds=1.0)
    id = run_query(sandbox, VARIANTS)["bulkOperation"]["id"]
    while not 0 < int((shown := poll(sandbox, id))["objectCount"]) < 3000:
        assert shown["status"] in ("CREATED", "RUNNING")
    sandbox.control("DELETE", f"/products/{last.rpartition('/')[2]}")
    operation = until(sandbox, id, "COMPLETED")
    rows = rows_of(text_of(sandbox, operation["url"]))
    assert (operation["rootObjectCount"], len(rows)) == ("2999", 5998)
    assert last not in [row["id"] for row in rows]


def test_others_are_answered_while_it_is_at_work(start: Callable[..., Sandbox]) -> None:
    sandbox = start("--products", "400", "--variants-per-product", "50", "--locations", "A,B", "--unlimited")
    payload = run_query(sandbox, LEVELS)
    until(sandbox, payload["bulkOperation"]["id"], "RUNNING")
    longest, looks = 0.0, 0
    while until(sandbox, payload["bulkOperation"]["id"], "RUNNING", "COMPLETED")["status"] == "RUNNING":
        started = time.monotonic()
        sandbox.data("{ shop { id } }")
        longest, looks = max(longest, time.monotonic() - started), looks + 1
    assert looks > 5
    assert longest < 0.5
