"""I5: stock is never written blindly, and never raised over the truth."""

from __future__ import annotations

from tests.house.house import House

SKU = "SKU-000001"


def test_units_sold_by_an_order_that_is_not_imported_are_not_offered_again(house: House) -> None:
    house.receive(SKU, 10)
    with house.runner():
        house.wait_until(lambda: house.offered()[SKU] == 10, "10 units")
        house.sandbox.order((SKU, 4))
        assert house.offered()[SKU] == 6
        house.receive(SKU, 5)
        house.wait_quiet()
        house.wait_until(lambda: house.offered()[SKU] != 6, "the push")
    # 15 lie on the shelf, 4 of them are sold.
    assert house.offered()[SKU] == 11
    assert max(written(house)) <= 11
    (conflict,) = house.rows("select * from sync.open_level_conflicts")
    assert (conflict["cause"], conflict["expected"], conflict["found"]) == ("un-imported order", 10, 6)
    assert "4 sold in Shopify by orders the warehouse has not imported" in house.shelfwire("why", SKU).stdout


def test_a_number_typed_into_the_admin_is_found_explained_and_corrected(house: House) -> None:
    house.receive(SKU, 10)
    with house.runner():
        house.wait_until(lambda: house.offered()[SKU] == 10, "10 units")
        house.sandbox.edit(SKU, 99)
        house.sell(SKU, 1)
        house.wait_until(lambda: house.offered()[SKU] == 9, "the truth again")
        house.wait_quiet()
    causes = house.rows("select cause, expected, found from sync.level_conflicts")
    assert causes == [{"cause": "foreign edit", "expected": 10, "found": 99}]


def test_a_stale_level_does_not_keep_the_others_of_its_request_waiting(house: House) -> None:
    for number in range(1, 21):
        house.receive(f"SKU-{number:06}", 5)
    with house.runner():
        house.wait_until(lambda: house.offered() == house.shelf(), "5 units each")
        for number in (1, 7, 13):
            house.sandbox.edit(f"SKU-{number:06}", 50)
        house.do("update warehouse.shipment_items set status = 'sold' where id % 5 = 0")
        house.wait_quiet()
        house.wait_until(lambda: house.offered() == house.shelf(), "the truth again")
    assert house.value("select count(*) from sync.refusals") == 0
    assert house.sandbox.stats()["double_applied"] == 0


def written(house: House) -> list[int]:
    """Every number that Shopify took from us, but for the first 10."""
    return [
        row["quantity"]
        for row in house.rows(
            "select e.quantity from sync.requests as r cross join sync.level_entries(r.variables) as e "
            "where r.state = 'applied' order by r.id"
        )
    ]
