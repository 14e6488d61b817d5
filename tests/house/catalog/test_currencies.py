"""Amounts have the digits of the shop's currency, on their way there and in what is compared."""

from __future__ import annotations

import pytest

from tests.house.catalog.shop import add, change, price_of, waits_for
from tests.house.house import Open


@pytest.mark.parametrize(
    ("currency", "given", "shown", "changed", "then"),
    [("JPY", "1999.50", "2000", "10000000", "10000000"), ("KWD", "12.35", "12.350", "0.30", "0.300")],
)
def test_amounts_have_the_digits_of_the_currency(
    open_house: Open, currency: str, given: str, shown: str, changed: str, then: str
) -> None:
    house = open_house("--products", "1", "--variants-per-product", "1", "--unlimited", "--currency", currency)
    assert house.value("select currency from sync.shops") == currency
    house.do("update warehouse.products set price = 10")
    house.do("select sync.follow_catalog(id, p_price_factor => 1e9) from sync.shops")
    house.do("update sync.guards set loss_share = 1, change_share = 1")
    with house.runner():
        add(house, "AMOUNT", "Amount", given, cost=given)
        (variant,) = waits_for(house, "Amount")["variants"]
        assert float(variant["price"]) == float(shown)
        assert float(variant["inventoryItem"]["unitCost"]["amount"]) == float(shown)
        house.wait_quiet()
        (sent,) = house.rows(
            "select variables #>> '{input,variants,0,price}' as price from sync.requests where document = 'ProductSet' "
            "and variables #>> '{input,title}' = 'Amount'"
        )
        assert sent["price"] == shown
        change(house, "AMOUNT", price=changed)
        house.wait_until(lambda: float(price_of(house, "AMOUNT") or 0) == float(then), "the price")
        house.wait_quiet()
        calls = house.value("select count(*) from sync.calls")
        house.do("select sync.mark_shop(id) from sync.shops")
        house.wait_quiet()
        assert house.value("select count(*) from sync.calls") == calls
