from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import pytest

from house.sandbox import Sandbox, running
from tests.sandbox.recording import Replay

NUMBERS = count(1)


@dataclass(frozen=True)
class Shelf:
    """A variant nobody else uses, stocked with 10 at the first of two locations."""

    sandbox: Sandbox
    sku: str
    product: str
    variant: str
    item: str
    location: str
    second: str

    @property
    def available(self) -> int:
        return int(self.sandbox.level(self.sku)["available"])


@pytest.fixture(scope="session")
def shared() -> Iterator[Sandbox]:
    """One server for all that make products of their own and take back their faults."""
    with running("--locations", "Main,Second", "--unlimited") as sandbox:
        yield sandbox


@pytest.fixture
def shelf(shared: Sandbox) -> Iterator[Shelf]:
    yield new_shelf(shared)
    shared.clear_faults()


def new_shelf(sandbox: Sandbox, available: int = 10, tracked: bool = True) -> Shelf:
    sku = f"S-{next(NUMBERS):04d}"
    variant = {"sku": sku, "available": available, "tracked": tracked}
    made = sandbox.control("POST", "/products", {"products": [{"title": sku, "variants": [variant]}]})
    product = made["products"][0]
    nodes = sandbox.data("{ locations(first: 5, sortKey: ID) { nodes { id } } }")["locations"]["nodes"]
    one = product["variants"][0]
    return Shelf(sandbox, sku, product["id"], one["id"], one["inventory_item_id"], nodes[0]["id"], nodes[1]["id"])


@pytest.fixture(scope="module")
def recorded_shop() -> Iterator[Sandbox]:
    """As the shop was at which the recordings were made."""
    with running("--shop", "harry-test-heelo", "--locations", "Shop location,My Custom Location") as sandbox:
        yield sandbox


@pytest.fixture
def replay(recorded_shop: Sandbox) -> Replay:
    return Replay(recorded_shop)


@pytest.fixture
def start() -> Iterator[Callable[..., Sandbox]]:
    """Start servers with options; they end with the test."""
    started: list[Sandbox] = []

    def start_one(*options: str, token: str = "shpat_sandbox") -> Sandbox:
        started.append(Sandbox.start(*options, token=token))
        return started[-1]

    yield start_one
    for one in started:
        if one.process.returncode is None:
            one.stop()
