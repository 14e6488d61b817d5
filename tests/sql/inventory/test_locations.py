"""Locations: where the stock of the warehouse is shown, and what happens to those that nobody has mapped."""

from __future__ import annotations

import asyncio
import json

import pytest
from psycopg.errors import ForeignKeyViolation

from runner.warehouse.adapter import detach
from tests.seeds import BACK, DOMAIN, FRONT, Shelf, rows

NEW = "insert into warehouse.locations (id, name) overriding system value values (3, 'Defects')"


def unmapped(shelf: Shelf) -> dict[str, str]:
    """What each location that is shown nowhere is told of, by key."""
    return {r["location_key"]: r["message"] for r in rows(shelf.connection, "table sync.unmapped_locations")}


def alerts(shelf: Shelf) -> dict[str, tuple[str, str]]:
    """Message and remedy of each open alert, by subject, after a look at the locations."""
    shelf.connection.execute("select sync.watch_locations(%s)", (shelf.shop,))
    found = rows(shelf.connection, "select * from sync.open_alerts where rule = 'unmapped_location' order by subject")
    return {r["subject"]: (r["message"], r["remedy"]) for r in found}


def show(shelf: Shelf, *locations: tuple[int, str, bool]) -> None:
    """Shopify shows its locations: id, name, whether it is active."""
    shown = [dict(zip(("location_id", "name", "is_active"), one, strict=True)) for one in locations]
    shelf.connection.execute("select sync.record_locations(%s, %s::json)", (shelf.shop, json.dumps(shown)))


def test_every_place_of_the_warehouse_is_shown_somewhere_or_not(shelf: Shelf) -> None:
    found = "select name, mapped, location, location_id from sync.mapped_locations order by location_key"
    assert rows(shelf.connection, found)[0] == {
        "name": "Front", "mapped": True, "location": f"Shop {FRONT}", "location_id": FRONT
    }  # fmt: skip
    assert len(rows(shelf.connection, found)) == 2
    shelf.connection.execute("select sync.map_location(%s, '2', null)", (shelf.shop,))
    shelf.connection.execute(NEW)
    assert [tuple(r.values()) for r in rows(shelf.connection, found)[1:]] == [
        ("Back", True, None, None), ("Defects", False, None, None)
    ]  # fmt: skip


def test_a_location_that_appears_is_an_alert_until_it_is_decided(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    assert alerts(shelf) == {}
    shelf.connection.execute(NEW)
    shelf.receive(key, 4, location=3)
    assert "warehouse's Defects (3)" in unmapped(shelf)["3"]
    told = alerts(shelf)
    assert list(told) == ["3"] and told["3"][0] == unmapped(shelf)["3"]
    assert f"shelfwire shop map {DOMAIN} '3=LOCATION'" in told["3"][1]
    assert alerts(shelf) == told
    shelf.relay()
    assert shelf.pending() == {}
    # Deciding clears it at once, whoever does it, and to show it nowhere is a decision.
    shelf.connection.execute("select sync.map_location(%s, '3', null)", (shelf.shop,))
    assert rows(shelf.connection, "table sync.open_alerts") == []
    assert (unmapped(shelf), alerts(shelf)) == ({}, {})
    assert shelf.pending() == {}


def test_of_many_new_locations_twenty_are_alerts_and_all_are_listed(shelf: Shelf) -> None:
    shelf.stocked(3)
    shelf.connection.execute(
        "insert into warehouse.locations (id, name) overriding system value "
        "select n, 'Bin ' || n from generate_series(101, 200) as n"
    )
    assert len(unmapped(shelf)) == 100
    assert list(alerts(shelf)) == [str(n) for n in range(101, 121)]
    # A decision makes room for the next one.
    shelf.connection.execute("select sync.map_location(%s, '101', null)", (shelf.shop,))
    assert list(alerts(shelf)) == [str(n) for n in range(102, 122)]
    shelf.connection.execute(
        "select sync.map_locations(%s, array_agg(location_key), array_agg(null::bigint)) from sync.unmapped_locations",
        (shelf.shop,),
    )
    assert rows(shelf.connection, "table sync.open_alerts") == []


def test_several_locations_are_mapped_together_or_not_at_all(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    shelf.connection.execute(NEW)
    shelf.receive(key, 4, location=3)
    shelf.drain()
    before = rows(shelf.connection, "select * from sync.shop_locations order by location_key")
    together = b"select sync.map_locations(%s, '{2, 3}', %s)"
    with pytest.raises(ForeignKeyViolation):
        shelf.connection.execute(together, (shelf.shop, [FRONT, 99]))
    assert rows(shelf.connection, "select * from sync.shop_locations order by location_key") == before
    assert shelf.pending() == {}
    shelf.connection.execute(together, (shelf.shop, [None, FRONT]))
    after = rows(shelf.connection, "select location_key, location_id from sync.shop_locations order by location_key")
    assert [tuple(r.values()) for r in after] == [("1", FRONT), ("2", None), ("3", FRONT)]
    assert shelf.pending().keys() == {key}


def test_an_alert_is_cleared_when_its_location_is_gone(shelf: Shelf) -> None:
    shelf.stocked(3)
    shelf.connection.execute(NEW)
    assert list(alerts(shelf)) == ["3"]
    shelf.connection.execute("delete from warehouse.locations where id = 3")
    assert alerts(shelf) == {}


def test_each_shop_decides_for_itself(shelf: Shelf) -> None:
    shelf.stocked(3)
    shelf.connection.execute(NEW)
    other = shelf.add_shop("two.myshopify.com")
    # Before it is linked, a shop is being set up: nothing is missing yet.
    shelf.connection.execute("select sync.watch_locations(%s)", (other,))
    assert [r["shop"] for r in rows(shelf.connection, "table sync.unmapped_locations")] == [DOMAIN]
    shelf.connection.execute("select sync.map_location(%s, '3', %s)", (other, BACK))
    shelf.link(shop=other)
    shelf.connection.execute("select sync.watch_locations(%s)", (other,))
    assert list(alerts(shelf)) == ["3"]
    shops = rows(shelf.connection, "select shop from sync.open_alerts where rule = 'unmapped_location'")
    assert [r["shop"] for r in shops] == [DOMAIN]


def test_stock_without_a_location_is_mapped_by_nobody_either(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    shelf.connection.execute("alter table warehouse.shipment_items alter location_id drop not null")
    shelf.connection.execute(
        "insert into warehouse.shipment_items (shipment_id, product_id, status) values (1, %s, 'received')", (key,)
    )
    assert list(alerts(shelf)) == ["(none)"]
    shelf.relay()
    assert shelf.pending() == {}


def test_a_location_that_is_closed_in_shopify_is_an_alert_while_stock_is_to_be_shown_there(shelf: Shelf) -> None:
    shelf.stocked(3)
    show(shelf, (FRONT, "Shop 11", True), (BACK, "Shop 12", False))
    told = alerts(shelf)
    assert list(told) == ["2"]
    assert "Back (2) at Shop 12, which is not active in Shopify" in told["2"][0]
    assert f"shelfwire shop map {DOMAIN} '2=LOCATION'" in told["2"][1]
    show(shelf, (FRONT, "Shop 11", True), (BACK, "Shop 12", True))
    assert alerts(shelf) == {}
    # Deleted, it is no longer among those that Shopify shows.
    show(shelf, (FRONT, "Shop 11", True))
    assert list(alerts(shelf)) == ["2"]
    shelf.connection.execute("select sync.map_location(%s, '2', %s)", (shelf.shop, FRONT))
    assert rows(shelf.connection, "table sync.open_alerts") == []


def test_another_name_on_either_side_changes_nothing(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    before = rows(shelf.connection, "select * from sync.shop_locations order by location_key")
    desired = rows(shelf.connection, "select * from sync.compute_levels(%s, %s)", shelf.shop, [key])
    shelf.connection.execute("alter table warehouse.locations drop constraint locations_name_key")
    shelf.connection.execute("update warehouse.locations set name = case id when 1 then 'Back' else 'Front' end")
    show(shelf, (FRONT, "Shop 12", True), (BACK, "Shop 11", True))
    shelf.relay()
    shelf.link()
    assert rows(shelf.connection, "select * from sync.shop_locations order by location_key") == before
    assert rows(shelf.connection, "select * from sync.compute_levels(%s, %s)", shelf.shop, [key]) == desired
    assert (shelf.pending(), alerts(shelf)) == ({}, {})


def test_a_warehouse_that_is_not_attached_clears_nothing(shelf: Shelf, warehouse: str) -> None:
    shelf.stocked(3)
    shelf.connection.execute(NEW)
    assert list(alerts(shelf)) == ["3"]
    asyncio.run(detach(warehouse))
    assert list(alerts(shelf)) == ["3"]
