"""What a request costs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from house.sandbox import Sandbox

Start = Callable[..., Sandbox]


@pytest.mark.parametrize(
    ("text", "requested"),
    [
        ("{ shop { name } }", 1),
        ("{ productsCount { count } }", 10),
        ("{ products(first: 1) { nodes { id } } }", 3),
        ("{ products(first: 10) { nodes { id } } }", 6),
        ("{ products(first: 50) { nodes { id } } }", 9),
        ("{ products(first: 250) { nodes { id } } }", 13),
        ("{ products(first: 10) { edges { node { id } } } }", 6),
        ("{ products(first: 10) { nodes { id variants(first: 10) { nodes { id } } } } }", 30),
    ],
)
def test_requested_cost_follows_the_measured_rules(shared: Sandbox, text: str, requested: int) -> None:
    cost = shared.query(text)["extensions"]["cost"]
    assert cost["requestedQueryCost"] == requested
    assert 1 <= cost["actualQueryCost"] <= requested


def test_a_document_over_1000_points_is_refused(shared: Sandbox) -> None:
    text = (
        "{ products(first: 250) { nodes { variants(first: 250) { nodes { media(first: 250) { nodes { id } } } } } } }"
    )
    body = shared.query(text)
    error = body["errors"][0]
    assert error["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert error["extensions"]["maxCost"] == 1000
    assert f"Query cost is {error['extensions']['cost']}, which exceeds" in error["message"]
    assert "data" not in body
