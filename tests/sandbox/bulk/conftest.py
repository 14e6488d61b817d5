from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from house.sandbox import Sandbox, running
from tests.sandbox.bulk.operations import end_all

PRODUCTS = 120


@pytest.fixture(scope="session")
def bulk_server() -> Iterator[Sandbox]:
    options = ("--products", str(PRODUCTS), "--variants-per-product", "2", "--locations", "A,B", "--unlimited")
    with running(*options) as sandbox:
        yield sandbox


@pytest.fixture
def shop(bulk_server: Sandbox) -> Iterator[Sandbox]:
    """Only read: 120 products of two variants, each stocked at two locations."""
    with calm(bulk_server):
        yield bulk_server


@pytest.fixture
def writable(shared: Sandbox) -> Iterator[Sandbox]:
    """With the products of others."""
    with calm(shared):
        yield shared


@contextmanager
def calm(sandbox: Sandbox) -> Iterator[None]:
    """Nothing is at work afterwards, and nothing goes wrong."""
    try:
        yield
    finally:
        sandbox.clear_faults()
        end_all(sandbox)
