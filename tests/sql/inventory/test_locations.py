"""Locations: where the stock of the warehouse is shown."""

from __future__ import annotations

from tests.seeds import FRONT, Shelf, rows


def test_every_place_of_the_warehouse_is_shown_somewhere_or_not(shelf: Shelf) -> None:
    found = "select name, mapped, location, location_id from sync.mapped_locations order by location_key"
    assert rows(shelf.connection, found)[0] == {
        "name": "Front", "mapped": True, "location": f"Shop {FRONT}", "location_id": FRONT
    }  # fmt: skip
    assert len(rows(shelf.connection, found)) == 2
    shelf.connection.execute("select sync.map_location(%s, '2', null)", (shelf.shop,))
    shelf.connection.execute("insert into warehouse.locations (id, name) overriding system value values (3, 'New')")
    assert [tuple(r.values()) for r in rows(shelf.connection, found)[1:]] == [
        ("Back", True, None, None), ("New", False, None, None)
    ]  # fmt: skip
