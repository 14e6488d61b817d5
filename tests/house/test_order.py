"""I8: falling stock is sent before rising stock, the last units first."""

from __future__ import annotations

from tests.house.house import Open


def test_falling_stock_goes_first_and_the_last_units_before_all_others(open_house: Open) -> None:
    # One call in flight at a time and many keys: what is sent first shows.
    house = open_house("--products", "1000", "--variants-per-product", "1", "--unlimited")
    house.do(
        "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
        "select 1, id, 1, 'received' from warehouse.products, generate_series(1, 3) where id <= 500"
    )
    with house.runner():
        house.wait_quiet()
    first = house.value("select coalesce(max(id), 0) from sync.requests")
    # 500 rise from 0 to 2, then 400 fall from 3 to 1 and 100 from 3 to 0, in one transaction.
    with house.connection.transaction():
        house.do(
            "insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
            "select 1, id, 1, 'received' from warehouse.products, generate_series(1, 2) where id > 500"
        )
        house.do("update warehouse.shipment_items set status = 'sold' where product_id <= 100")
        house.do(
            "update warehouse.shipment_items set status = 'sold' where product_id between 101 and 500 and id % 3 > 0"
        )
    with house.runner():
        house.wait_quiet()
    sent = house.rows(
        "select r.lane, r.id, e.index, e.quantity, e.change_from_quantity as before from sync.requests as r "
        "cross join sync.level_entries(r.variables) as e where r.id > %s order by r.lane, r.id, e.index",
        first,
    )
    assert len(sent) == 1000
    for lane in {row["lane"] for row in sent}:
        order = [(row["quantity"] >= row["before"], row["quantity"]) for row in sent if row["lane"] == lane]
        assert order == sorted(order)
    assert house.offered() == house.shelf()
