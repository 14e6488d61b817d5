"""The whole path, with a runner process: what is committed in the warehouse is what the shop offers."""

from __future__ import annotations

import signal

from tests.house.house import House

SKU, OTHER = "SKU-000001", "SKU-000002"


def test_every_kind_of_change_reaches_the_shop(house: House) -> None:
    with house.runner():
        house.receive(SKU, 10)
        house.wait_until(lambda: house.offered()[SKU] == 10, "10 units received")
        house.sell(SKU, 3)
        house.wait_until(lambda: house.offered()[SKU] == 7, "3 units sold")
        house.do("update warehouse.shipment_items set product_id = 2 where status = 'received'")
        house.wait_until(lambda: house.offered()[SKU] == 0 and house.offered()[OTHER] == 7, "7 units moved")
        house.do("delete from warehouse.shipment_items where product_id = 2 and id % 2 = 0")
        house.wait_quiet()
        assert house.offered() == house.shelf()
        house.do("truncate warehouse.shipment_items cascade")
        house.wait_until(lambda: house.offered()[OTHER] == 0, "all units gone")
    assert house.offered() == house.shelf()


def test_a_change_in_bulk_reaches_the_shop(house: House) -> None:
    house.do(
        "insert into warehouse.shipment_items (shipment_id, product_id, location_id) "
        "select 1, 1 + n % 20, 1 from generate_series(1, 12000) as n"
    )
    with house.runner():
        house.do("update warehouse.shipment_items set status = 'received' where id % 3 > 0")
        house.wait_until(lambda: house.offered() == house.shelf(), "all units received")
    assert house.value("select count(*) from sync.change_log where op = 'bulk'") > 0


def test_a_change_that_was_rolled_back_does_not(house: House) -> None:
    with house.runner():
        with house.connection.transaction(force_rollback=True):
            house.receive(SKU, 10)
        house.receive(OTHER, 1)
        house.wait_until(lambda: house.offered()[OTHER] == 1, "the change after it")
    assert house.offered()[SKU] == 0
    assert house.value("select count(distinct key) from sync.change_log where watch = 2") == 1


def test_a_change_that_moves_no_number_calls_nobody(house: House) -> None:
    house.receive(SKU, 3)
    with house.runner():
        house.wait_until(lambda: house.offered()[SKU] == 3, "3 units")
        calls = house.sandbox.stats()["calls"]
        house.do("update warehouse.shipment_items set storage_position = 'R1'")
        house.do("update warehouse.shipment_items set location_id = 2")
        house.wait_until(lambda: not house.rows("select from sync.change_queue_0"), "the relay")
        house.wait_quiet()
    assert house.sandbox.stats()["calls"] == calls


def test_changes_during_an_absence_are_sent_once_each(house: House) -> None:
    for units in range(1, 6):
        for number in range(1, 21):
            house.receive(f"SKU-{number:06}", units)
    before = house.sandbox.stats()["levels_set"]
    with house.runner():
        house.wait_quiet()
    assert house.offered() == house.shelf()
    assert house.sandbox.stats()["levels_set"] - before == 20


def test_sigterm_finishes_what_is_in_flight_and_gives_back_the_rest(house: House) -> None:
    house.sandbox.fault(fault="delay", operation="inventorySetQuantities", seconds=1.0)
    for number in range(1, 21):
        house.receive(f"SKU-{number:06}", 1)
    with house.runner() as process:
        house.wait_until(
            lambda: bool(house.rows("select from sync.requests where state = 'open'")), "a request in flight"
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert house.value("select count(*) from sync.requests where state = 'open'") == 0
    assert house.value("select count(*) from sync.requests where state = 'applied'") > 0
    house.sandbox.clear_faults()
    with house.runner():
        house.wait_quiet()
    assert house.offered() == house.shelf()
