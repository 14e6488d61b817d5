"""What tests of several SQL objects begin with."""

from __future__ import annotations

import pytest

from tests.seeds import Shelf


@pytest.fixture
def stocked(shelf: Shelf) -> Shelf:
    """Products 1 and 2 with two received units each, and nothing in the queues."""
    shelf.product("A", 2)
    shelf.product("B", 2)
    shelf.drain()
    return shelf
