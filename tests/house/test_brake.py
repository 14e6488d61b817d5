"""Off means off: once the command has returned, no mutation reaches the shop."""

from __future__ import annotations

import signal
import time

import pytest

from tests.house.house import House, Open

BRAKES = {
    "off": ("shop", "mode", "{shop}", "off"),
    "monitor": ("shop", "mode", "{shop}", "monitor"),
    "hold": ("guard", "hold", "{shop}"),
}
PRODUCTS = 400
# Seconds in which the bucket gives points for two more mutations.
TWO_MORE = 2.0


@pytest.fixture
def busy_house(open_house: Open) -> House:
    """Products enough for many calls, each of which waits for its points."""
    house = open_house("--products", str(PRODUCTS), "--variants-per-product", "1", "--unlimited")
    house.do("update sync.kinds set batch_size = 4")
    house.sandbox.bucket(20, 10)
    house.do("update sync.budgets set capacity = 20, restore_rate = 10, level = 0, updated_at = clock_timestamp()")
    house.do(
        "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
        "select 1, id, 1, 'received' from warehouse.products"
    )
    return house


def mutations(house: House) -> int:
    return int(house.sandbox.stats()["mutations"])


@pytest.mark.parametrize("brake", BRAKES)
def test_no_mutation_reaches_the_shop_after_the_brake_has_returned(busy_house: House, brake: str) -> None:
    house = busy_house
    shop = house.value("select domain from sync.shops")
    with house.runner():
        house.wait_until(lambda: mutations(house) > 3, "calls under way")
        said = house.shelfwire(*(word.format(shop=shop) for word in BRAKES[brake]))
        assert said.returncode == 0 and said.stderr == "", said
        before = mutations(house)
        time.sleep(TWO_MORE)
        assert mutations(house) == before
    assert house.offered() != house.shelf()


def test_a_runner_that_was_frozen_before_it_sent_asks_again(busy_house: House) -> None:
    house = busy_house
    shop = house.value("select domain from sync.shops")
    with house.runner() as runner:
        house.wait_until(lambda: mutations(house) > 3, "calls under way")
        runner.send_signal(signal.SIGSTOP)
        try:
            said = house.shelfwire("shop", "mode", shop, "off")
            assert said.returncode == 0
            assert "did not end within" in said.stderr
            before = mutations(house)
        finally:
            runner.send_signal(signal.SIGCONT)
        time.sleep(TWO_MORE)
        # One was on its way perhaps, as the command has said.
        assert mutations(house) <= before + 1
