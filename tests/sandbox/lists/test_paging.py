"""Pages and counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from house.sandbox import Sandbox, running


@pytest.fixture(scope="module")
def large() -> Iterator[Sandbox]:
    with running("--products", "60", "--variants-per-product", "10", "--unlimited") as sandbox:
        yield sandbox


def test_pages_lead_forwards_and_backwards_through_everything(large: Sandbox) -> None:
    text = """query ($first: Int, $last: Int, $after: String, $before: String) {
      productVariants(first: $first, last: $last, after: $after, before: $before) {
        nodes { sku } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    forwards: list[str] = []
    backwards: list[str] = []
    variables: dict[str, Any] = {"first": 250}
    sizes_seen = []
    while variables:
        page = large.data(text, variables)["productVariants"]
        forwards += [one["sku"] for one in page["nodes"]]
        sizes_seen.append(len(page["nodes"]))
        info = page["pageInfo"]
        variables = {"first": 250, "after": info["endCursor"]} if info["hasNextPage"] else {}
    assert sizes_seen == [250, 250, 100]
    assert forwards == [f"SKU-{n:06d}" for n in range(1, 601)]
    variables = {"last": 200}
    while variables:
        page = large.data(text, variables)["productVariants"]
        backwards[:0] = [one["sku"] for one in page["nodes"]]
        info = page["pageInfo"]
        variables = {"last": 200, "before": info["startCursor"]} if info["hasPreviousPage"] else {}
    assert backwards == forwards


def test_a_count_is_exact_to_its_limit(large: Sandbox) -> None:
    text = "{ productVariantsCount(limit: 500) { count precision } }"
    assert large.data(text)["productVariantsCount"] == {"count": 500, "precision": "AT_LEAST"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "you must provide one of first or last"),
        ("(first: 1, last: 1)", "providing both first and last is not supported"),
        ("(first: 251)", "first cannot exceed 250"),
        ('(first: 1, after: "x")', "Invalid cursor for current pagination sort."),
    ],
)
def test_a_page_needs_one_size_and_a_cursor_of_its_own(shared: Sandbox, arguments: str, message: str) -> None:
    error = shared.query(f"{{ products{arguments} {{ nodes {{ id }} }} }}")["errors"][0]
    assert (error["message"], error["extensions"]["code"]) == (message, "BAD_REQUEST")
