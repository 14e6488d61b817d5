from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.sandbox.process import Sandbox, running


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """One server per file, for tests that leave each other's products alone."""
    with running("--products", "40", "--variants-per-product", "10", "--unlimited") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A small shop of its own, two locations, ten variants."""
    with running("--products", "5", "--variants-per-product", "2", "--locations", "Main,Second") as one:
        yield one


@pytest.fixture
def start() -> Iterator[Callable[..., Sandbox]]:
    """Start servers with options; they end with the test."""
    started: list[Sandbox] = []

    def start_one(*options: str, token: str = "shpat_sandbox") -> Sandbox:
        started.append(Sandbox.start(*options, token=token))
        return started[-1]

    yield start_one
    for one in started:
        one.stop()
