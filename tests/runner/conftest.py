"""Houses for the tests of the runner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.runner.house import House
from tests.sandbox.process import Sandbox

Open = Callable[..., House]


@pytest.fixture
def open_house(warehouse: str) -> Iterator[Open]:
    """A function that opens the house; its arguments are options of the sandbox."""
    with ExitStack() as stack:

        def make(*options: str, **settings: Any) -> House:
            sandbox = Sandbox.start(*options)
            stack.callback(sandbox.stop)
            house = House(warehouse, sandbox, **settings)
            stack.callback(house.close)
            house.furnish()
            return house

        yield make


@pytest.fixture
def house(open_house: Open) -> House:
    """A house with 20 products and a bucket that is never empty."""
    return open_house("--products", "20", "--variants-per-product", "1", "--unlimited")
