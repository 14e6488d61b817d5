"""A house whose catalogue follows the warehouse."""

from __future__ import annotations

import pytest

from tests.house.house import House


@pytest.fixture
def home(house: House) -> House:
    """Its 20 products are adopted; nothing that happens to so few is unusual."""
    house.do("update warehouse.products set price = 10")
    house.do("select sync.follow_catalog(id, p_price_factor => 1000) from sync.shops")
    house.do("update sync.guards set loss_share = 1, change_share = 1")
    return house
