"""Made-up products."""

from __future__ import annotations

from collections.abc import Callable

from house.sandbox import Sandbox

Start = Callable[..., Sandbox]


def test_the_generator_makes_the_same_shop_from_the_same_seed(start: Start) -> None:
    options = ("--products", "7", "--variants-per-product", "3", "--stock", "4", "--seed", "9")
    titles = "{ products(first: 50) { nodes { title vendor variants(first: 5) { nodes { title price sku } } } } }"
    first, second = start(*options), start(*options)
    assert first.data(titles) == second.data(titles)
    assert list(first.available()) == [f"SKU-{n:06d}" for n in range(1, 22)]
    assert set(first.available().values()) == {4}
