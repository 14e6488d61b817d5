"""What a search finds, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from house.sandbox import Sandbox, running
from tests.sandbox.conftest import Shelf
from tests.sandbox.sizes import product_set, sizes

Start = Callable[..., Sandbox]


@pytest.fixture(scope="module")
def large() -> Iterator[Sandbox]:
    with running("--products", "60", "--variants-per-product", "10", "--unlimited") as sandbox:
        yield sandbox


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


def test_what_is_quoted_is_a_phrase(start: Start) -> None:
    sandbox = start("--unlimited")
    made = [{"title": title} for title in ("Blue Wool Hat", "Wool, not Blue")]
    sandbox.control("POST", "/products", {"products": made})
    text = "query ($query: String) { products(first: 9, query: $query) { nodes { title } } }"
    for query, titles in (
        ("title:'Blue Wool'", ["Blue Wool Hat"]),
        ("title:'Wool Ha*'", ["Blue Wool Hat"]),
        ("title:'Wool Blue'", []),
        ("title:Wool title:Blue", ["Blue Wool Hat", "Wool, not Blue"]),
        ("'Blue Wool'", ["Blue Wool Hat"]),
    ):
        assert [one["title"] for one in sandbox.data(text, {"query": query})["products"]["nodes"]] == titles


def test_a_time_without_a_zone_is_the_shop_s(shelf: Shelf) -> None:
    """Unquoted, a time stamp falls apart at its colons, and what is left of it is five hours later than meant."""
    query = '{ products(first: 1, query: "updated_at:>=2026-01-01T00:00:00Z") { nodes { id } } }'
    (first, *_) = shelf.sandbox.query(query)["extensions"]["search"][0]["parsed"]["and"]
    assert first == {"field": "updated_at", "range_gte": "2026-01-01T00:00:00-05:00"}


def test_an_unknown_filter_is_ignored_with_a_warning(shelf: Shelf) -> None:
    body = shelf.sandbox.query('{ products(first: 1, query: "colour:red") { nodes { id } } }')
    assert len(body["data"]["products"]["nodes"]) == 1
    search = body["extensions"]["search"][0]
    assert search["path"] == ["products"]
    assert search["warnings"][0]["code"] == "invalid_field"
