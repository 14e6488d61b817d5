"""Collections: made in the admin, searched, and joined by products; smart ones choose their products themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from house.sandbox import Sandbox
from tests.sandbox.moments import another_second
from tests.sandbox.sizes import product_set

Start = Callable[..., Sandbox]

SHAPE = "id title handle updatedAt ruleSet { appliedDisjunctively rules { column relation condition } }"
READ = f"query ($id: ID!) {{ collection(id: $id) {{ {SHAPE} legacyResourceId productsCount {{ count }} }} }}"
PAGE = """query ($first: Int!, $after: String, $query: String, $sortKey: CollectionSortKeys) {
  collections(first: $first, after: $after, query: $query, sortKey: $sortKey) {
    nodes { title } pageInfo { hasNextPage endCursor } } }"""
OF_PRODUCT = "query ($id: ID!) { product(id: $id) { collections(first: 9) { nodes { title } } } }"
UPDATE = """mutation ($product: ProductUpdateInput!) { productUpdate(product: $product) {
  product { title } userErrors { field message } } }"""
CREATE = """mutation ($product: ProductCreateInput!) { productCreate(product: $product) {
  product { id } userErrors { field message } } }"""
NOWHERE = "gid://shopify/Collection/404"
SMART = "Can't manually add products to a smart collection"


def add(sandbox: Sandbox, title: str, **more: Any) -> dict[str, Any]:
    return dict(sandbox.control("POST", "/collections", {"title": title, **more}))


def read(sandbox: Sandbox, collection: str) -> Any:
    return sandbox.data(READ, {"id": collection})["collection"]


def titles_of(sandbox: Sandbox, product: str) -> list[str]:
    return [one["title"] for one in sandbox.data(OF_PRODUCT, {"id": product})["product"]["collections"]["nodes"]]


def path_of(collection: str) -> str:
    return f"/collections/{collection.rpartition('/')[2]}"


def test_a_collection_is_made_renamed_and_removed(shared: Sandbox) -> None:
    made, again = add(shared, "Summer sale"), add(shared, "Summer sale")
    assert made == {"id": made["id"], "title": "Summer sale", "handle": "summer-sale", "smart": False}
    assert again["handle"] == "summer-sale-1"
    product = product_set(shared, title="On sale", collections=[made["id"]])["product"]["id"]
    another_second()
    before = read(shared, made["id"])
    assert (before["ruleSet"], before["productsCount"]) == (None, {"count": 1})
    assert before["legacyResourceId"] == made["id"].rpartition("/")[2]
    renamed = shared.control("PATCH", path_of(made["id"]), {"title": "Winter sale"})
    after = read(shared, made["id"])
    assert renamed["title"] == after["title"] == "Winter sale" and after["handle"] == "summer-sale"
    assert after["updatedAt"] > before["updatedAt"]
    assert shared.control("DELETE", path_of(made["id"])) is None
    assert read(shared, made["id"]) is None and titles_of(shared, product) == []
    for method in ("PATCH", "DELETE"):
        answer = shared.http.request(method, f"/_sandbox{path_of(made['id'])}", json={"title": "Gone"})
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({}, "title: missing"),
        ({"title": " "}, "title: missing"),
        ({"title": "x" * 256}, "title: longer than 255"),
        ({"title": "X", "smart": "yes"}, "smart: 'yes'"),
        ({"title": "X", "rules": []}, "rules: unknown"),
    ],
)
def test_a_bad_collection_is_refused_with_the_field(shared: Sandbox, body: dict[str, Any], complaint: str) -> None:
    answer = shared.http.post("/_sandbox/collections", json=body)
    assert answer.status_code == 400 and answer.json()["error"].startswith(complaint)


def test_a_smart_collection_has_rules_and_the_products_they_choose(shared: Sandbox) -> None:
    smart = add(shared, "Linen", smart=True)
    assert smart["smart"] is True
    rules = [{"column": "TAG", "relation": "EQUALS", "condition": "Linen"}]
    assert read(shared, smart["id"])["ruleSet"] == {"appliedDisjunctively": False, "rules": rules}
    product = product_set(shared, title="Napkin", tags=["linen"])["product"]["id"]
    assert titles_of(shared, product) == ["Linen"]
    text = f"""{{ collection(id: "{smart["id"]}") {{
      hasProduct(id: "{product}") products(first: 9) {{ nodes {{ id }} }} }} }}"""
    assert shared.data(text)["collection"] == {"hasProduct": True, "products": {"nodes": [{"id": product}]}}
    assert product_set(shared, {"id": product}, tags=[])["userErrors"] == []
    assert titles_of(shared, product) == []


def test_products_join_and_leave_manual_collections(shared: Sandbox) -> None:
    first, second = (add(shared, title)["id"] for title in ("Joined", "Left"))
    given = {"title": "Mover", "collectionsToJoin": [second]}
    product = shared.data(CREATE, {"product": given})["productCreate"]["product"]["id"]
    moved = {"id": product, "collectionsToJoin": [first], "collectionsToLeave": [second, NOWHERE]}
    assert shared.data(UPDATE, {"product": moved})["productUpdate"]["userErrors"] == []
    assert titles_of(shared, product) == ["Joined"]
    # Those given to productSet are all it is in.
    product_set(shared, {"id": product}, collections=[second])
    assert titles_of(shared, product) == ["Left"]


def test_a_smart_collection_and_one_that_is_not_there_cannot_be_joined(shared: Sandbox) -> None:
    smart, manual = add(shared, "Own choice", smart=True)["id"], add(shared, "By hand")["id"]
    wanted = [manual, smart, NOWHERE]
    missing = "Collection does not exist"
    payload = product_set(shared, title="Refused", collections=wanted)
    assert payload["product"] is None
    assert payload["userErrors"] == [
        {"field": ["input", "collections", "1"], "message": SMART, "code": "INVALID_INPUT"},
        {"field": ["input", "collections", "2"], "message": missing, "code": "NOT_FOUND"},
    ]
    product = product_set(shared, title="Outsider")["product"]["id"]
    given = {"id": product, "title": "Changed", "collectionsToJoin": wanted, "collectionsToLeave": [smart]}
    update = shared.data(UPDATE, {"product": given})["productUpdate"]
    assert update["product"] == {"title": "Outsider"}
    assert update["userErrors"] == [
        {"field": ["collectionsToJoin", "1"], "message": SMART},
        {"field": ["collectionsToJoin", "2"], "message": missing},
        {"field": ["collectionsToLeave", "0"], "message": "Can't manually remove products from a smart collection"},
    ]
    create = shared.data(CREATE, {"product": {"title": "Refused too", "collectionsToJoin": [smart]}})["productCreate"]
    assert create == {"product": None, "userErrors": [{"field": ["collectionsToJoin", "0"], "message": SMART}]}
    assert titles_of(shared, product) == []


def test_collections_are_searched_sorted_and_paged(start: Start) -> None:
    shop = start()
    made = [add(shop, title, smart=title == "Tea") for title in ("Cups", "Tea", "Apple trees")]
    another_second()
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    shop.control("PATCH", path_of(made[0]["id"]), {"title": "Mugs"})

    def titles(query: str | None = None, **args: Any) -> list[str]:
        found = shop.data(PAGE, {"first": 9, "query": query, **args})["collections"]["nodes"]
        return [one["title"] for one in found]

    assert titles() == ["Mugs", "Tea", "Apple trees"]
    assert titles(sortKey="TITLE") == ["Apple trees", "Mugs", "Tea"]
    assert titles(sortKey="UPDATED_AT")[-1] == "Mugs"
    assert titles(f"updated_at:>='{since}'") == ["Mugs"]
    assert titles("title:tree*") == titles("handle:apple-trees") == ["Apple trees"]
    assert titles("collection_type:smart") == ["Tea"]
    assert titles(f"id:{made[1]['id'].rpartition('/')[2]}") == ["Tea"]
    pages = []
    after = None
    while True:
        page = shop.data(PAGE, {"first": 1, "after": after, "sortKey": "TITLE"})["collections"]
        pages += [one["title"] for one in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert pages == ["Apple trees", "Mugs", "Tea"]
